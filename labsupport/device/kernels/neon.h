/* What the kernels in vectors need of int8: 16 values a vector, sums of four int32. */
#include <arm_neon.h>

typedef int8x16_t values_t;
typedef int32x4_t sums_t;
#define LANES 16
#ifdef __ARM_FEATURE_DOTPROD
#define UNROLL 2
#else
#define UNROLL 1 /* two steps at a time would need more registers than there are */
#endif

static inline values_t load(const int8_t *x) { return vld1q_s8(x); }

/* Add 16 products to 4 sums. Without the instruction for it: 8 products of 16 bits, the other 8 added to them, then in
   pairs to the sums. Two products fit into 16 bits since no weight is -128. */
static inline sums_t dot(sums_t sum, values_t x, values_t w) {
#ifdef __ARM_FEATURE_DOTPROD
    return vdotq_s32(sum, x, w);
#else
    return vpadalq_s16(sum, vmlal_high_s8(vmull_s8(vget_low_s8(x), vget_low_s8(w)), x, w));
#endif
}

/* Add up the lanes of each of four sums. */
static inline sums_t across(const sums_t a[4]) { return vpaddq_s32(vpaddq_s32(a[0], a[1]), vpaddq_s32(a[2], a[3])); }

/* As `scale`, of four sums: the upper half of each product, shifted to the right with rounding; left is minus s. */
static inline int16x4_t scale_4(int32x4_t acc, int32x4_t m, int32x4_t left) {
    int64x2_t low = vmull_s32(vget_low_s32(acc), vget_low_s32(m)), high = vmull_high_s32(acc, m);
    int32x4_t upper = vuzp2q_s32(vreinterpretq_s32_s64(low), vreinterpretq_s32_s64(high));
    return vqmovn_s32(vrshlq_s32(upper, left));
}

/* Bias and scale of channels o to o + 3, for four pixels. */
static inline void finish_4x4(const conv_t *p, int o, const sums_t total[4], int8_t *const out[4]) {
    int32x4_t b = vld1q_s32(p->b + o), m = vld1q_s32(p->m + o);
    uint8x8_t s = vreinterpret_u8_u32(vld1_dup_u32((const void *)(p->s + o)));
    int32x4_t left = vnegq_s32(vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(vmovl_u8(s)))));
    for (int j = 0; j < 4; j += 2) {
        int16x4_t first = scale_4(vaddq_s32(total[j], b), m, left), next = scale_4(vaddq_s32(total[j + 1], b), m, left);
        uint32x2_t both = vreinterpret_u32_s8(vqmovn_s16(vqaddq_s16(vcombine_s16(first, next), vdupq_n_s16(p->zy))));
        vst1_lane_u32((void *)out[j], both, 0), vst1_lane_u32((void *)out[j + 1], both, 1);
    }
}

/* One pixel of a depthwise layer, channels c to c + 15. Two places of the window at a time: their products fit into 16
   bits. */
static inline void window_16(const conv_t *p, const int8_t *const *place, int taps, int c, int8_t *y) {
    const int8_t *w = p->w + c;
    int32x4_t sum[4], left[4];
    int8x16_t s = vnegq_s8(vreinterpretq_s8_u8(vld1q_u8(p->s + c)));
    int16x8_t wide[2] = {vmovl_s8(vget_low_s8(s)), vmovl_high_s8(s)}, half[2];
    for (int i = 0; i < 4; i++) sum[i] = vld1q_s32(p->b + c + 4 * i);
    for (int t = 0; t < taps; t += 2, w += 2 * p->c) {
        int8x16_t x = vld1q_s8(place[t] + c), v = vld1q_s8(w);
        int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(v)), high = vmull_high_s8(x, v);
        if (t + 1 < taps) {
            x = vld1q_s8(place[t + 1] + c), v = vld1q_s8(w + p->c);
            low = vmlal_s8(low, vget_low_s8(x), vget_low_s8(v)), high = vmlal_high_s8(high, x, v);
        }
        sum[0] = vaddw_s16(sum[0], vget_low_s16(low)), sum[1] = vaddw_high_s16(sum[1], low);
        sum[2] = vaddw_s16(sum[2], vget_low_s16(high)), sum[3] = vaddw_high_s16(sum[3], high);
    }
    for (int i = 0; i < 2; i++) {
        left[2 * i] = vmovl_s16(vget_low_s16(wide[i])), left[2 * i + 1] = vmovl_high_s16(wide[i]);
        half[i] = vcombine_s16(
            scale_4(sum[2 * i], vld1q_s32(p->m + c + 8 * i), left[2 * i]),
            scale_4(sum[2 * i + 1], vld1q_s32(p->m + c + 8 * i + 4), left[2 * i + 1])
        );
        half[i] = vqaddq_s16(half[i], vdupq_n_s16(p->zy));
    }
    vst1q_s8(y + c, vqmovn_high_s16(vqmovn_s16(half[0]), half[1]));
}
