/* Residual addition of two images on two grids. Differences are multiplied by 256, so that ratios up to 128 fit. */
static void add(int n, int za, int zb, int zy, int32_t ma, int32_t mb, int s, const int8_t *a, const int8_t *b, int8_t *y) {
    for (int i = 0; i < n; i++) {
        int64_t sum = (int64_t)((a[i] - za) * 256) * ma + (int64_t)((b[i] - zb) * 256) * mb;
        y[i] = saturate(zy + (((int32_t)(sum >> 32) + (1 << (s - 1))) >> s));
    }
}
