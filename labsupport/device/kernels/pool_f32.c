/* Global average pooling. */
static void pool(int n, int channels, const float *x, float *y) {
    for (int c = 0; c < channels; c++) {
        float acc = 0;
        for (int i = 0; i < n; i++) acc += x[i * channels + c];
        y[c] = acc / n;
    }
}
