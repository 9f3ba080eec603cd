"""Grade one submission: `grade_one`, the unit that one process, many or a cluster carry out."""

from labsupport.course.grading.jobs import Job, Result


def grade_one(job: Job) -> Result:
    """Repair a submission, run it in the sandbox, judge what came back.

    Depends on the job alone, writes nothing, and returns a result for every submission, however broken.

    Raises:
        CourseError: the grader itself cannot work: the lab's files are damaged, bubblewrap is wanted and missing.
    """
    raise NotImplementedError(job)
