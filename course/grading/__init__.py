"""Grading: from a folder of submissions to grades, feedback and a gradebook.

The way of a submission, one module a step:

    submissions   the folder: which file is whose, which of two files counts              -> Job
    released      what the students were given; what of a submission may run in it         -> Release
    repair        bytes of any kind to the student's answers, each repair in a sentence    -> Answers
    reading       these two, in a process that may die of what it reads (`apart`)            -> Answers, Pieces
    sandbox       their code and our drivers in bubblewrap; `inside` is the program there   -> bytes, by case
    judging       the judges on those bytes, in a process of its own                         -> Verdict, by exercise
    grade         `grade_one(job)`: these together                                           -> Result
    store         one file a result; what is there is not graded again
    gradebook     nbgrader's gradebook: the questions that a person grades
    export        grades.csv from results and gradebook; `feedback` the page a student may see
    summary       what the class did: distribution, exercises missed, mistakes by name
    scale         `grade_one` on several processes or machines
    command       `python -m course grade`

`grade_one` is a pure function from a `Job` to a `Result` (`jobs`): it writes nothing but what it returns, raises for no
submission, and shares nothing with the next one, so the jobs of a class can run anywhere and in any order. Only the
process that gave them out writes results, gradebook and feedback.
"""
