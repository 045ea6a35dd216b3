package dev.weft.llm.router;

/**
 * What a provider costs.
 *
 * @param input money for a million input tokens
 * @param output money for a million output tokens
 */
record Price(double input, double output) {
    private static final double MILLION = 1_000_000;

    /** The cost of a call.
     * @param inputTokens sent
     * @param outputTokens received
     * @return money */
    double of(long inputTokens, long outputTokens) {
        return (inputTokens * input + outputTokens * output) / MILLION;
    }
}
