/* Global average pooling; the sum is multiplied by 256, so that ratios up to 128 fit. */
static void pool(int n, int channels, int zx, int zy, int32_t m, int s, const int8_t *x, int8_t *y) {
    for (int c = 0; c < channels; c++) {
        int32_t acc = 0;
        for (int i = 0; i < n; i++) acc += x[i * channels + c] - zx;
        y[c] = saturate(zy + scale(acc * 256, m, s));
    }
}
