package dev.weft.http.api;

import java.util.concurrent.CompletionStage;

/** Answers one call. */
@FunctionalInterface
interface Handler {
    /** Answers.
     * @param call what was asked, by whom
     * @return the answer, now or later; {@link Reply#STREAMED} or {@link Reply#WRITTEN} if the handler took the response over
     * @throws Exception whatever {@link Problems} turns into an answer */
    CompletionStage<Reply> handle(Call call) throws Exception;
}
