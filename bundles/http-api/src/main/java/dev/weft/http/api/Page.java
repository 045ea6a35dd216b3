package dev.weft.http.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Pages a list: {@code limit} entries after the one that {@code cursor} names; a {@code Link} header leads to the next page. */
final class Page {
    private static final int MOST = 1000;

    private Page() {}

    static int limit(Call call) {
        String limit = call.query("limit");
        if (limit.isEmpty()) {
            return MOST;
        }
        try {
            int number = Integer.parseInt(limit);
            if (number >= 1 && number <= MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw ApiException.bad("bad_limit", "limit must be a number from 1 to " + MOST);
    }

    static <T> CompletionStage<Reply> of(Call call, List<T> all, Function<T, String> id) {
        int limit = limit(call);
        String cursor = call.query("cursor");
        int from = 0;
        if (!cursor.isEmpty()) {
            while (from < all.size() && !id.apply(all.get(from)).equals(cursor)) {
                from++;
            }
            if (from == all.size()) {
                throw ApiException.bad(
                        "bad_cursor",
                        "the entry that cursor names is gone; start again without it");
            }
            from++;
        }
        List<T> page = all.subList(from, Math.min(all.size(), from + limit));
        Reply reply = Reply.json(200, page);
        if (from + page.size() < all.size()) {
            String next =
                    URLEncoder.encode(id.apply(page.get(page.size() - 1)), StandardCharsets.UTF_8);
            reply = reply.with("Link", "<?limit=" + limit + "&cursor=" + next + ">; rel=\"next\"");
        }
        return CompletableFuture.completedFuture(reply);
    }
}
