"""Web Development: 7 modules."""

from typing import Final

from apps.courses.demo_content.base import DemoCourse, DemoModule, link, text, video

WEB_DEVELOPMENT: Final = DemoCourse(
    title="Web Development",
    slug="web-development",
    description="Build a site that is fast, accessible and safe: HTML, CSS, JavaScript, HTTP, a small back end, and "
    "what it takes to put it on the internet.",
    category="programming",
    difficulty_level="intermediate",
    tags=["html", "css", "javascript", "http"],
    objectives=[
        "Write semantic HTML that works with a keyboard and a screen reader",
        "Lay out pages with grid and flexbox",
        "Explain what happens between a click and the answer of a server",
    ],
    modules=[
        DemoModule(
            "How the Web Works",
            "From an address to pixels.",
            [
                text(
                    "What Happens When You Press Enter",
                    10,
                    "The browser asks DNS for an address, opens a TLS connection, sends a `GET`, and begins to draw "
                    "before "
                    "the answer has fully arrived. Each step can be slow, and each has its own cure.",
                    "Open the *Network* tab of your browser and sort by time. The longest bar is rarely the one you "
                    "expect.",
                    preview=True,
                ),
                video("A Request Under the Microscope", 12, "web-request"),
                text(
                    "Status Codes Are a Vocabulary",
                    8,
                    "`404` says *not here*, `410` *no longer*, `403` *not you*, `401` *who are you?*, `409` *not now*. "
                    "A "
                    "server that answers `200` with an error text in it lies to every cache and every monitor on the "
                    "way.",
                ),
                link("MDN: An Overview of HTTP", 15, "https://developer.mozilla.org/en-US/docs/Web/HTTP/Overview"),
            ],
        ),
        DemoModule(
            "HTML That Means Something",
            "Structure first.",
            [
                text(
                    "A Button Is Not a Div",
                    9,
                    "`<button>` can be focused, pressed with the space bar, disabled and announced. A clickable "
                    "`<div>` "
                    "can do none of that until you rebuild it by hand, and you will forget one of the four.",
                ),
                text(
                    "Headings as a Table of Contents",
                    7,
                    "People with screen readers jump from heading to heading. Read only your headings: if they tell "
                    "the "
                    "story of the page, the structure is right. Don't choose a level for its font size.",
                ),
                video("Forms People Can Finish", 13, "web-forms"),
                link("HTML Elements Reference", 10, "https://developer.mozilla.org/en-US/docs/Web/HTML/Element"),
            ],
        ),
        DemoModule(
            "CSS Without Fear",
            "Cascade, boxes, layout.",
            [
                text(
                    "Why Your Rule Does Not Apply",
                    11,
                    "Origin, specificity, order: in this sequence the cascade decides. An `!important` wins an "
                    "argument "
                    "today and starts a war tomorrow. Prefer low specificity, a class per component.",
                ),
                text(
                    "Grid or Flexbox",
                    9,
                    "Flexbox lays out *one* direction and lets the content decide. Grid lays out *two* and lets you "
                    "decide. "
                    "Page skeleton: grid. Row of tags: flexbox. Both together are normal.",
                ),
                video("A Responsive Card List, Live", 15, "web-cards"),
                text(
                    "Exercise: Rebuild a Newspaper",
                    30,
                    "Rebuild the front page of a newspaper with at most 60 lines of CSS: three columns on a desk, one "
                    "on a "
                    "phone, no media query. Hint: `repeat(auto-fit, minmax(18rem, 1fr))`.",
                ),
            ],
        ),
        DemoModule(
            "JavaScript in the Browser",
            "Events, the document, asynchronous work.",
            [
                text(
                    "One Thread, Many Events",
                    10,
                    "Your code and the drawing of the page share one thread. A loop of 300 ms is 300 ms in which no "
                    "click "
                    "is answered. Cut the work up, or send it to a *worker*.",
                ),
                text(
                    "await Is Not Magic",
                    10,
                    "`await` pauses the function, not the program. Two independent requests in sequence take twice as "
                    "long; "
                    "`Promise.all` starts both. And a promise that nobody awaits fails where nobody looks.",
                ),
                video("From onclick to addEventListener", 9, "web-events"),
                link("javascript.info: Promises", 20, "https://javascript.info/promise-basics"),
            ],
        ),
        DemoModule(
            "A Small Back End",
            "Routes, data, templates.",
            [
                text(
                    "Resources, Not Procedures",
                    9,
                    "Name the *things* of your API, and let the methods of HTTP be the verbs: `POST /orders/`, not "
                    "`/createOrder`. `GET` must change nothing, since browsers, caches and crawlers send it at will.",
                ),
                text(
                    "Migrations Are Code",
                    10,
                    "The schema of a database has a history like the code. A column that is renamed while the old "
                    "version "
                    "of the program still runs breaks it: add, copy, switch, then remove, in separate releases.",
                ),
                video("Your First Endpoint", 14, "web-endpoint"),
                link("RFC 9110: HTTP Semantics", 25, "https://www.rfc-editor.org/rfc/rfc9110.html"),
            ],
        ),
        DemoModule(
            "Security Basics",
            "The mistakes that everyone makes once.",
            [
                text(
                    "Never Trust Input, Always Encode Output",
                    12,
                    "SQL injection and cross-site scripting are the same mistake: data became code. Bind parameters "
                    "instead "
                    "of building SQL from text, and let the template engine escape. Sanitise only where HTML is "
                    "wanted.",
                ),
                text(
                    "Cookies, Tokens and the Forged Form",
                    10,
                    "A browser sends cookies along with *every* request to your site, also with those that another "
                    "site "
                    "started. `SameSite`, a CSRF token, and checks of the origin are three locks on one door.",
                ),
                video("Attack and Fix: Stored XSS", 13, "web-xss"),
                link("OWASP Top Ten", 20, "https://owasp.org/www-project-top-ten/"),
            ],
        ),
        DemoModule(
            "Going Live",
            "Deploy, measure, improve.",
            [
                text(
                    "A Deploy You Can Take Back",
                    9,
                    "The best time to learn how a rollback works is before you need one. Keep the last release on the "
                    "server, make the switch a single step, and practise on a quiet afternoon.",
                ),
                text(
                    "Three Numbers to Watch",
                    8,
                    "*Largest contentful paint*, *interaction to next paint*, *cumulative layout shift*: how soon, how "
                    "responsive, how steady. Look at the 75th percentile of real visits, not at your own laptop.",
                ),
                video("Reading a Lighthouse Report", 11, "web-lighthouse"),
                link("web.dev: Core Web Vitals", 12, "https://web.dev/articles/vitals"),
            ],
        ),
    ],
)
