package dev.weft.llm.router;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.weft.api.llm.Llm;
import dev.weft.api.task.TaskException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Finds the way of requests with images: only models that take them are asked.
 *
 * @param providers those that are here
 * @param routes as they are now
 */
record Images(ProviderTable providers, Supplier<Map<String, List<String>>> routes) {
    /** Whether a request shows an image. */
    static boolean in(ChatRequest request) {
        return request.messages().stream()
                .anyMatch(
                        message ->
                                message instanceof UserMessage user
                                        && user.contents().stream()
                                                .anyMatch(ImageContent.class::isInstance));
    }

    /** The way of a request with images: as asked; the route {@code vision} if no model of the default one takes images.
     * @throws TaskException {@code no_images} if nobody takes them */
    Way way(Way asked) {
        Map<String, List<String>> all = routes.get();
        List<LeasedModel> here = here(all.get(asked.route()));
        if (here.isEmpty() || here.stream().anyMatch(LeasedModel::takesImages)) {
            return asked; // nobody there: the call says so
        }
        boolean seen = here(all.get(Llm.VISION_ROUTE)).stream().anyMatch(LeasedModel::takesImages);
        if (asked.route().equals(Llm.DEFAULT_ROUTE) && seen) {
            return new Way(Llm.VISION_ROUTE, asked.caller());
        }
        throw new TaskException(
                "no_images",
                "no model of the route "
                        + asked.route()
                        + " takes images ("
                        + String.join(", ", here.stream().map(LeasedModel::id).toList())
                        + "); point the route "
                        + Llm.VISION_ROUTE
                        + " at a provider whose model does: weft llm use "
                        + Llm.VISION_ROUTE
                        + " PROVIDER");
    }

    private List<LeasedModel> here(List<String> ids) {
        Map<String, LeasedModel> known = providers.snapshot();
        return ids == null
                ? List.of()
                : ids.stream().filter(known::containsKey).<LeasedModel>map(known::get).toList();
    }
}
