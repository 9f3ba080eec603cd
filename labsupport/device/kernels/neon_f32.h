/* What the kernels in vectors need of float32, under the names of neon.h: four values a vector, sums of four. */
#include <arm_neon.h>

typedef float32x4_t values_t;
typedef float32x4_t sums_t;
#define LANES 4
#define UNROLL 2

static inline values_t load(const float *x) { return vld1q_f32(x); }

/* Add four products to four sums. */
static inline sums_t dot(sums_t sum, values_t x, values_t w) { return vfmaq_f32(sum, x, w); }

/* Add up the lanes of each of four sums. */
static inline sums_t across(const sums_t a[4]) { return vpaddq_f32(vpaddq_f32(a[0], a[1]), vpaddq_f32(a[2], a[3])); }

static inline float32x4_t limit_4(float32x4_t v, float least, float most) {
    return vminq_f32(vmaxq_f32(v, vdupq_n_f32(least)), vdupq_n_f32(most));
}

/* Bias and activation of channels o to o + 3, for four pixels. */
static inline void finish_4x4(const conv_t *p, int o, const sums_t total[4], float *const out[4]) {
    float32x4_t b = vld1q_f32(p->b + o);
    for (int j = 0; j < 4; j++) vst1q_f32(out[j], limit_4(vaddq_f32(total[j], b), p->least, p->most));
}

/* One pixel of a depthwise layer, channels c to c + 15. */
static inline void window_16(const conv_t *p, const float *const *place, int taps, int c, float *y) {
    const float *w = p->w + c;
    float32x4_t sum[4];
    for (int i = 0; i < 4; i++) sum[i] = vld1q_f32(p->b + c + 4 * i);
    for (int t = 0; t < taps; t++, w += p->c)
        for (int i = 0; i < 4; i++)
            sum[i] = vfmaq_f32(sum[i], vld1q_f32(place[t] + c + 4 * i), vld1q_f32(w + 4 * i));
    for (int i = 0; i < 4; i++) vst1q_f32(y + c + 4 * i, limit_4(sum[i], p->least, p->most));
}
