-- Sends the requests of the file named in FRAMES, in turn, and prints one line of JSON at the end.

local requests = {}
local sent = 0

local file = assert(io.open(os.getenv("FRAMES"), "rb"))
while true do
  local head = file:read(4)
  if head == nil then break end
  local a, b, c, d = head:byte(1, 4)
  requests[#requests + 1] = file:read(((a * 256 + b) * 256 + c) * 256 + d)
end
file:close()

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.6f, "p50": %.9f, "p95": %.9f, "p99": %.9f, "failures": %d, '
      .. '"first_failure": "%d connections, %d reads, %d writes, %d refusals, %d answers too late"}',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e6, latency:percentile(95) / 1e6, latency:percentile(99) / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout
  ))
end
