/* What all float32 kernels share, under the names of kernels.h. */
#include <stdint.h>

typedef float value_t;
typedef float sum_t;

typedef struct {
    const float *w;    /* conv: out x (ky kx in), rows padded to `row`; depthwise: (ky kx) x channel */
    const float *b;    /* bias */
    int16_t h, wd, c;  /* input: height, width, channels */
    int16_t oh, ow, o; /* output */
    int16_t row;       /* values of a row of weights, a multiple of ROW */
    int8_t k, stride, pad;
    float zx;          /* what stands for 0 outside of the image: 0 */
    float least, most; /* an activation that follows keeps the output between these */
} conv_t;

static inline float limit(float v, float least, float most) { return v < least ? least : v > most ? most : v; }

static inline float finish(const conv_t *p, int o, float acc) {
    (void)o;
    return limit(acc, p->least, p->most);
}
