/* The sum of n products. */
int32_t dot_int8(const int8_t *x, const int8_t *w, int n) {
    int32_t sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] * w[i];
    return sum;
}
