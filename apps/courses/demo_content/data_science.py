"""Data Science: 6 modules."""

from typing import Final

from apps.courses.demo_content.base import DemoCourse, DemoModule, link, text, video

DATA_SCIENCE: Final = DemoCourse(
    title="Data Science",
    slug="data-science",
    description="Questions, data, honest answers: clean a real data set, look at it, test an idea, fit a model and "
    "tell "
    "people what it means and what it does not.",
    category="data",
    difficulty_level="advanced",
    tags=["python", "statistics", "machine-learning"],
    objectives=[
        "Clean a messy table and document every decision",
        "Tell a signal from noise with a suitable test",
        "Fit, validate and explain a predictive model",
    ],
    seat_limit=200,
    requires="Python Programming",
    modules=[
        DemoModule(
            "Asking Good Questions",
            "Before the first line of code.",
            [
                text(
                    "From Curiosity to a Question",
                    9,
                    "*Why do customers leave?* cannot be answered by a table. *Do customers whose first delivery was "
                    "late "
                    "cancel more often within 90 days?* can. A good question names a group, an outcome and a time.",
                    preview=True,
                ),
                text(
                    "Who Is Missing from the Data",
                    10,
                    "In the war, engineers wanted to armour planes where the returning ones had holes. Abraham Wald "
                    "asked "
                    "about the planes that did *not* return. Ask the same of every data set: who never got into it?",
                ),
                video("Setting Up a Notebook", 10, "data-notebook"),
                link(
                    "The Turing Way: Reproducible Research",
                    20,
                    "https://book.the-turing-way.org/reproducible-research/reproducible-research",
                ),
            ],
        ),
        DemoModule(
            "Cleaning Data",
            "Most of the work.",
            [
                text(
                    "Missing Is Not Zero",
                    11,
                    "A blank may mean *not asked*, *refused*, *not applicable* or *lost*. Each wants another "
                    "treatment. "
                    "Filling all with the mean makes the spread smaller and your conclusions more certain than they "
                    "are.",
                ),
                text(
                    "Tidy Tables",
                    9,
                    "One row per observation, one column per variable. A sheet with a column per *month* looks handy "
                    "until "
                    "you want to plot time; `melt` it once and everything after becomes shorter.",
                ),
                video("Ten Dirty Columns and Their Cures", 16, "data-cleaning"),
                link(
                    "pandas: Working with Missing Data",
                    15,
                    "https://pandas.pydata.org/docs/user_guide/missing_data.html",
                ),
            ],
        ),
        DemoModule(
            "Looking at Data",
            "Plots before numbers.",
            [
                text(
                    "Four Data Sets, One Mean",
                    8,
                    "Anscombe's quartet: four tables with equal means, variances and correlation, and four entirely "
                    "different pictures. A summary can't warn you about what it leaves out. Plot first.",
                ),
                text(
                    "Choosing a Chart",
                    9,
                    "People compare *positions* well, lengths nearly as well, angles badly and areas worst. That is "
                    "why a "
                    "sorted bar chart beats a pie. Start the axis of bars at zero; for lines it is a choice.",
                ),
                video("Redesigning a Misleading Chart", 12, "data-charts"),
                link("From Data to Viz", 15, "https://www.data-to-viz.com/"),
                text(
                    "Exercise: City Bikes",
                    30,
                    "With a year of bike rentals by the hour, show in **one** figure how working days differ from "
                    "weekends. "
                    "Then write the one sentence that a mayor should remember.",
                ),
            ],
        ),
        DemoModule(
            "Uncertainty",
            "How sure can we be?",
            [
                text(
                    "What a Confidence Interval Promises",
                    11,
                    "Of all the 95 % intervals that you will ever compute, about 95 in 100 contain the true value. It "
                    "says "
                    "nothing so comfortable about *this* one. Wide intervals are not a failure, they are the finding.",
                ),
                text(
                    "p-Values, Slowly",
                    12,
                    "A p-value answers: if nothing were going on, how often would data look at least this striking? It "
                    "is "
                    "not the probability that nothing is going on. And of twenty tests, one will shine by chance.",
                ),
                video("The Bootstrap: Statistics by Shuffling", 13, "data-bootstrap"),
                link("Seeing Theory", 20, "https://seeing-theory.brown.edu/"),
            ],
        ),
        DemoModule(
            "Predictive Models",
            "Fit, validate, compare.",
            [
                text(
                    "Never Test on What You Trained",
                    10,
                    "A model that has memorised the answers looks perfect until tomorrow. Put a part of the data away "
                    "*before* you look at anything, split by time where time matters, and open the box once.",
                ),
                text(
                    "The Baseline Comes First",
                    8,
                    "Predict the mean, or *the same as last week*. If a forest of 500 trees gains two per cent over "
                    "that, "
                    "ask whether two per cent is worth its upkeep.",
                ),
                video("Cross-Validation Step by Step", 14, "data-crossvalidation"),
                link("scikit-learn: Common Pitfalls", 15, "https://scikit-learn.org/stable/common_pitfalls.html"),
            ],
        ),
        DemoModule(
            "Telling the Story",
            "Findings that change something.",
            [
                text(
                    "The First Sentence",
                    8,
                    "Begin with what to do, then why, then how you know. Readers who trust you stop after the first "
                    "sentence; those who don't will look for the method, so put it where they can find it.",
                ),
                text(
                    "Fair to Whom?",
                    11,
                    "A model can have equal error rates for two groups, or equal meaning of its scores, but in general "
                    "not "
                    "both. Which one counts is a decision about values. Name who made it.",
                ),
                video("Presenting to People in a Hurry", 10, "data-presenting"),
                link("Model Cards for Model Reporting", 15, "https://arxiv.org/abs/1810.03993"),
            ],
        ),
    ],
)
