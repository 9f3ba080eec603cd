/* Residual addition of two images. */
static void add(int n, float least, float most, const float *a, const float *b, float *y) {
    for (int i = 0; i < n; i++) y[i] = limit(a[i] + b[i], least, most);
}
