"""Hidden cases of gather_c, lab 13, and answers to it."""

from course.answers import edit
from labsupport.checks.lab13.gather_c import ask_gather, judge_gather, run_gather
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    height, width, channels = 3 + seed, 9 - 2 * seed, (1, 5, 8)[seed]
    x = torch.randint(-128, 128, (height, width, channels), generator=generator, dtype=torch.int8)
    return x, (3, 5, 1)[seed], (height - 2, -2, 1)[seed], (-1, 2, 3)[seed], (-128, 0, 100)[seed]


def inputs_larger_than_the_image() -> tuple:
    import torch

    return torch.arange(12).reshape(2, 2, 3).to(torch.int8), 5, -1, -2, 7


def inputs_lower_left() -> tuple:
    import torch

    return torch.arange(30).reshape(5, 3, 2).to(torch.int8), 3, 3, -2, -9


CASES = (
    Case("other windows", inputs_drawn, judge_gather, ask_gather, seeds=3, then=run_gather),
    Case("a window larger than the image", inputs_larger_than_the_image, judge_gather, ask_gather, then=run_gather),
    Case("a lower left corner", inputs_lower_left, judge_gather, ask_gather, then=run_gather),
)

WRONG_ANSWERS = {
    "pads-with-code-zero": edit(": zero_point;", ": 0;"),
    "outside-its-arrays": edit("iy >= 0 && iy < height && ix >= 0 && ix < width", "1"),
    "wrong-column, only the left is tested": edit(
        "iy >= 0 && iy < height && ix >= 0 && ix < width", "iy >= 0 && ix >= 0"
    ),
    "outside-its-arrays, one row too many": edit("iy < top + kernel", "iy <= top + kernel"),
    "wrong-column, the row wraps": edit("ix >= 0 && ix < width", "ix >= 0 - width"),
    "wrong-column, height for width": edit("(iy * width + ix)", "(iy * height + ix)"),
    "swaps-top-and-left": edit(
        "int iy = top; iy < top + kernel",
        "int iy = left; iy < left + kernel",
        "int ix = left; ix < left + kernel",
        "int ix = top; ix < top + kernel",
    ),
    "leaves-the-outside": edit(
        "*to++ = inside ? image[(iy * width + ix) * channels + i] : zero_point;",
        "{ if (inside) *to = image[(iy * width + ix) * channels + i]; to++; }",
    ),
    "columns-before-rows": edit(
        "    for (int iy = top; iy < top + kernel; iy++)\n        for (int ix = left; ix < left + kernel; ix++)\n",
        "    for (int ix = left; ix < left + kernel; ix++)\n        for (int iy = top; iy < top + kernel; iy++)\n",
    ),
    "wrong-column, one channel": edit("(iy * width + ix) * channels + i]", "iy * width + ix]"),
    "does-not-compile": edit("int inside =", "inside ="),
    "wrong-column, the first row lost": edit("iy >= 0", "iy > 0"),
}

READERS_WRONG_ANSWERS = {
    "channels-apart, as PyTorch stores them": '''
def gather_c() -> str:
    return """
    void gather(const int8_t *x, int8_t *column, int height, int width, int channels,
                int kernel, int top, int left, int zero_point) {
        int n = 0;
        for (int c = 0; c < channels; c++)
            for (int ky = 0; ky < kernel; ky++)
                for (int kx = 0; kx < kernel; kx++) {
                    int iy = top + ky, ix = left + kx;
                    if (iy < 0 || iy >= height || ix < 0 || ix >= width)
                        column[n++] = zero_point;
                    else
                        column[n++] = x[(iy * width + ix) * channels + c];
                }
    }
    """
''',
    "repeats-the-border, indices are clamped": '''
def gather_c() -> str:
    return """
    void gather(const int8_t *x, int8_t *column, int height, int width, int channels,
                int kernel, int top, int left, int zero_point) {
        for (int ky = 0; ky < kernel; ky++)
            for (int kx = 0; kx < kernel; kx++)
                for (int c = 0; c < channels; c++) {
                    int iy = top + ky, ix = left + kx;
                    if (iy < 0) iy = 0;
                    if (ix < 0) ix = 0;
                    if (iy >= height) iy = height - 1;
                    if (ix >= width) ix = width - 1;
                    column[(ky * kernel + kx) * channels + c] = x[(iy * width + ix) * channels + c];
                }
    }
    """
''',
    "outside-its-arrays, the pixel is read before it is tested": '''
def gather_c() -> str:
    return """
    void gather(const int8_t *x, int8_t *column, int height, int width, int channels,
                int kernel, int top, int left, int zero_point) {
        for (int ky = 0; ky < kernel; ky++)
            for (int kx = 0; kx < kernel; kx++)
                for (int c = 0; c < channels; c++) {
                    int iy = top + ky, ix = left + kx;
                    volatile int8_t value = ((const volatile int8_t *)x)[(iy * width + ix) * channels + c];
                    if (iy < 0 || ix < 0 || iy >= height || ix >= width) value = zero_point;
                    *column++ = value;
                }
    }
    """
''',
}

RIGHT_ANSWERS = {
    "indices": '''
def gather_c():
    return """void gather(const int8_t *x, int8_t *column, int height, int width, int channels,
            int kernel, int top, int left, int zero_point) {
    for (int ky = 0; ky < kernel; ky++)
        for (int kx = 0; kx < kernel; kx++)
            for (int c = 0; c < channels; c++) {
                int iy = top + ky, ix = left + kx, to = (ky * kernel + kx) * channels + c;
                if (iy < 0 || iy >= height || ix < 0 || ix >= width) column[to] = zero_point;
                else column[to] = x[(iy * width + ix) * channels + c];
            }
}"""
''',
    "rows at once": '''
def gather_c():
    return """static int within(int v, int n) { return v >= 0 && v < n; }
void gather(const int8_t *x, int8_t *column, int height, int width, int channels,
            int kernel, int top, int left, int zero_point) {
    for (int i = 0; i < kernel * kernel * channels; i++) column[i] = zero_point;
    for (int ky = 0; ky < kernel; ky++) {
        if (!within(top + ky, height)) continue;
        for (int kx = 0; kx < kernel; kx++)
            if (within(left + kx, width))
                for (int c = 0; c < channels; c++)
                    column[(ky * kernel + kx) * channels + c] = x[((top + ky) * width + left + kx) * channels + c];
    }
}"""
''',
    "one loop": '''
def gather_c():
    return """void gather(const int8_t *x, int8_t *column, int height, int width, int channels,
            int kernel, int top, int left, int zero_point) {
    for (int i = 0; i < kernel * kernel * channels; i++) {
        int c = i % channels, kx = i / channels % kernel, ky = i / channels / kernel;
        unsigned iy = (unsigned)(top + ky), ix = (unsigned)(left + kx);
        column[i] = iy < (unsigned)height && ix < (unsigned)width ? x[(iy * width + ix) * channels + c] : zero_point;
    }
}"""
''',
}
