"""The long runs whose tables the labs show.

    labNN         the stages of a lab: what is trained or measured, and the tables that this fills
    tables        a table's columns, and the one writer
    stages        a stage, what it is handed, and how it is carried out; `record` is its command
    shown         the functions that a lab shows, which its stages call
    plan.toml     which stages are wanted, with which seeds, in which order; `record --due` works it off

A stage consists of arms. The rows of an arm are written in one go, so the table says what is done. Trainings go on from
their checkpoint, so whatever stops a run costs at most one epoch.
"""
