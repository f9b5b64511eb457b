"""`make bench`: the platform's speed beside a bare server's, and in a large tenant beside a small one's."""
