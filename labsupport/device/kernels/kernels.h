/* What all int8 kernels share. Images are height x width x channels; activations and weights are int8.
   kernels_f32.h has the same names for float32, so that a kernel in their terms serves both types. */
#include <stdint.h>

typedef int8_t value_t; /* of activations and weights */
typedef int32_t sum_t;

typedef struct {
    const int8_t *w;   /* conv: out x (ky kx in), rows padded to `row`; depthwise: (ky kx) x channel, or in pairs */
    const int32_t *b;  /* bias, with the input's zero point folded in */
    const int32_t *m;  /* multiplier of each output channel, and its shift: the scale is m / 2^(32 + s) */
    const uint8_t *s;  /* at least 1 */
    int16_t h, wd, c;  /* input: height, width, channels */
    int16_t oh, ow, o; /* output */
    int16_t row;       /* values of a row of weights, a multiple of ROW */
    int8_t k, stride, pad;
    int8_t zx, zy;     /* zero points of input and output */
} conv_t;

/* acc * m / 2^(32 + s), rounded to nearest, ties up. The low half of the product cannot change the result for s >= 1. */
static inline int32_t scale(int32_t acc, int32_t m, int s) {
    int32_t high = (int32_t)(((int64_t)acc * m) >> 32);
    return (high + (1 << (s - 1))) >> s;
}

static inline int8_t saturate(int32_t v) { return (int8_t)(v < -128 ? -128 : v > 127 ? 127 : v); }

static inline int8_t finish(const conv_t *p, int o, int32_t acc) {
    return saturate(p->zy + scale(acc, p->m[o], p->s[o]));
}
