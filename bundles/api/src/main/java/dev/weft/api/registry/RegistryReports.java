package dev.weft.api.registry;

import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** Tells the registry how a task from its inbox went. Thread-safe; nothing here blocks. */
@ProviderType
public interface RegistryReports {
    /** Reports a task that {@link InboxListener} brought.
     * @param taskId its id at the registry
     * @param state {@code assigned|completed|failed}
     * @param result text, "" if none
     * @param error text, "" if none
     * @return done when the registry has it; fails with an exception whose message is fit for people */
    CompletableFuture<Void> report(String taskId, String state, String result, String error);
}
