"""Digital Marketing: 6 modules."""

from typing import Final

from apps.courses.demo_content.base import DemoCourse, DemoModule, link, text, video

DIGITAL_MARKETING: Final = DemoCourse(
    title="Digital Marketing",
    slug="digital-marketing",
    description="Find the people you can help, say something worth their time, and measure what it was worth: "
    "positioning, content, search, e-mail, paid reach and analytics for small teams.",
    category="business",
    difficulty_level="beginner",
    tags=["marketing", "seo", "analytics"],
    objectives=[
        "Write a positioning statement that excludes somebody",
        "Plan three months of content from real questions",
        "Read a campaign report and decide what to stop",
    ],
    modules=[
        DemoModule(
            "Audience and Positioning",
            "For whom, and instead of what.",
            [
                text(
                    "Jobs, Not Demographics",
                    9,
                    "*Women, 25 to 34* buy a drill for the same reason as everybody: a shelf has to hang on Sunday. "
                    "Ask "
                    "what people were trying to get done when they looked for you, and what they used before.",
                    preview=True,
                ),
                text(
                    "A Statement That Excludes",
                    8,
                    "*For* evening students *who* miss lectures, *our* app *is* a recorder *that* finds the minute you "
                    "need. "
                    "If nobody could object to your statement, it says nothing.",
                ),
                video("Interviewing Five Customers", 12, "marketing-interviews"),
                link("Jobs to Be Done, Explained", 15, "https://hbr.org/2016/09/know-your-customers-jobs-to-be-done"),
            ],
        ),
        DemoModule(
            "Content That Helps",
            "Earn attention.",
            [
                text(
                    "Mining Real Questions",
                    10,
                    "Your support inbox is a list of titles. Sort a hundred tickets by the question behind them; the "
                    "ten "
                    "most frequent are your next ten articles, in your customers' own words.",
                ),
                text(
                    "Edit Like a Stranger",
                    8,
                    "Leave a draft for a night. Then cut the first paragraph: it usually clears the throat. Replace "
                    "every "
                    "*innovative* by what the thing does.",
                ),
                video("One Interview, Seven Formats", 11, "marketing-repurpose"),
                link(
                    "GOV.UK: Writing for the Web", 12, "https://www.gov.uk/guidance/content-design/writing-for-gov-uk"
                ),
            ],
        ),
        DemoModule(
            "Search",
            "Be found when somebody looks.",
            [
                text(
                    "Intent Beats Keywords",
                    10,
                    "Somebody who types *running shoes* browses; *running shoes flat feet wet ground* has a credit "
                    "card in "
                    "hand. Look at what already ranks: it shows which kind of page the searcher wants.",
                ),
                text(
                    "Technical Health in an Hour",
                    9,
                    "One title per page, one address per content, no dead links, fast on a cheap phone, readable "
                    "without "
                    "scripts. That hour beats a month of link building.",
                ),
                video("Reading the Search Console", 13, "marketing-searchconsole"),
                link(
                    "Google: SEO Starter Guide",
                    20,
                    "https://developers.google.com/search/docs/fundamentals/seo-starter-guide",
                ),
            ],
        ),
        DemoModule(
            "E-Mail",
            "The channel that you own.",
            [
                text(
                    "Permission Is the Asset",
                    8,
                    "A bought list is a list of people who will mark you as spam, and the mailbox providers count. Ask "
                    "clearly, confirm by mail, and make leaving as easy as joining.",
                ),
                text(
                    "A Welcome Series in Four Mails",
                    10,
                    "Day 0: keep the promise that made them sign up. Day 2: the most useful thing you know. Day 5: a "
                    "story "
                    "of somebody like them. Day 9: the offer. Stop the series for whoever buys.",
                ),
                video("Subject Lines, Tested", 9, "marketing-subjectlines"),
                text(
                    "Exercise: Your First Three Mails",
                    30,
                    "Write the first three mails for a bakery that delivers bread on Saturdays. No mail over 120 "
                    "words, "
                    "one link each. Read them aloud; where you stumble, your readers leave.",
                ),
            ],
        ),
        DemoModule(
            "Paid Reach",
            "Buy attention without burning money.",
            [
                text(
                    "What a Customer May Cost",
                    10,
                    "Margin per order times orders per customer = what a customer is worth. Spend a third of it to win "
                    "one, and "
                    "you sleep well. Without that number every click price looks cheap.",
                ),
                text(
                    "Small Budgets, Clear Tests",
                    9,
                    "Change one thing at a time, decide beforehand how many conversions you wait for, then believe the "
                    "result. With 40 clicks a day most tests need weeks; choose few.",
                ),
                video("A Campaign from Brief to Stop", 14, "marketing-campaign"),
                link("Advertising Standards for Online Ads", 10, "https://www.asa.org.uk/advice-and-resources.html"),
            ],
        ),
        DemoModule(
            "Measuring",
            "Decide by numbers, within reason.",
            [
                text(
                    "Vanity and Value",
                    8,
                    "Followers, impressions and opens go up while a company goes down. Pick one number per goal that "
                    "would "
                    "make you *change* something if it fell, and look at it every Monday.",
                ),
                text(
                    "Attribution Is an Opinion",
                    10,
                    "Last click credits the cashier for the whole shop; first click credits the street. Both are "
                    "models. "
                    "Once a year switch a channel off for two weeks in one region: that is a measurement.",
                ),
                video("Building a One-Page Dashboard", 12, "marketing-dashboard"),
                link("Privacy-Friendly Analytics: A Primer", 10, "https://plausible.io/privacy-focused-web-analytics"),
            ],
        ),
    ],
)
