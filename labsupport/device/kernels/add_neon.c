/* Residual addition of two images on two grids, eight codes at a time; as add.c. */
static inline int32x4_t product_sum(int16x4_t a, int16x4_t b, int32_t ma, int32_t mb, int s) {
    int32x4_t left = vshll_n_s16(a, 8), right = vshll_n_s16(b, 8); /* times 256, so that ratios up to 64 fit */
    int64x2_t low = vmlal_n_s32(vmull_n_s32(vget_low_s32(left), ma), vget_low_s32(right), mb);
    int64x2_t high = vmlal_high_n_s32(vmull_high_n_s32(left, ma), right, mb);
    return vrshlq_s32(vuzp2q_s32(vreinterpretq_s32_s64(low), vreinterpretq_s32_s64(high)), vdupq_n_s32(-s));
}

static void add(int n, int za, int zb, int zy, int32_t ma, int32_t mb, int s, const int8_t *a, const int8_t *b, int8_t *y) {
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        int16x8_t left = vsubl_s8(vld1_s8(a + i), vdup_n_s8(za)), right = vsubl_s8(vld1_s8(b + i), vdup_n_s8(zb));
        int32x4_t low = product_sum(vget_low_s16(left), vget_low_s16(right), ma, mb, s);
        int32x4_t high = product_sum(vget_high_s16(left), vget_high_s16(right), ma, mb, s), zero = vdupq_n_s32(zy);
        vst1_s8(y + i, vqmovn_s16(vcombine_s16(vqmovn_s32(vaddq_s32(low, zero)), vqmovn_s32(vaddq_s32(high, zero)))));
    }
    for (; i < n; i++) {
        int64_t sum = (int64_t)((a[i] - za) * 256) * ma + (int64_t)((b[i] - zb) * 256) * mb;
        y[i] = saturate(zy + (((int32_t)(sum >> 32) + (1 << (s - 1))) >> s));
    }
}
