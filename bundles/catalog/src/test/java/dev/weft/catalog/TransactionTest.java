package dev.weft.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.skill.repository.Root;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a change that fails, and whose undoing fails too. */
class TransactionTest {
    @TempDir Path home;
    private final Set<String> refused = new HashSet<>();
    private final List<String> calls = new ArrayList<>();
    private Store store;
    private Path deploy;
    private Transaction transaction;

    @BeforeEach
    void open() throws Exception {
        deploy = Files.createDirectories(home.resolve("deploy"));
        store = new Store(home.resolve("store"), Clock.systemUTC());
        Deployments folder =
                (Deployments)
                        Proxy.newProxyInstance(
                                Deployments.class.getClassLoader(),
                                new Class<?>[] {Deployments.class},
                                (proxy, method, arguments) ->
                                        method.getName().equals("put")
                                                ? put(
                                                        (String) arguments[0],
                                                        (InputStream) arguments[1])
                                                : delete((String) arguments[0]));
        Origins origins = new Origins(home.resolve("origins.json"));
        transaction =
                new Transaction(
                        home.resolve("transaction.json"),
                        store,
                        new Folder(deploy, folder, origins),
                        folder);
    }

    private CompletableFuture<Deployment> put(String name, InputStream in) throws Exception {
        byte[] bytes = in.readAllBytes();
        String text = new String(bytes, UTF_8);
        calls.add(name + "=" + text);
        boolean good = !refused.contains(text);
        if (good) {
            Files.write(deploy.resolve(name), bytes);
        }
        return CompletableFuture.completedFuture(
                new Deployment(
                        name,
                        name,
                        "1.0.0",
                        List.of(),
                        good ? State.ACTIVE : State.REFUSED,
                        good ? "" : "the disk is full",
                        List.of(),
                        Root.sha256(bytes)));
    }

    private CompletableFuture<Boolean> delete(String name) throws Exception {
        calls.add(name + " out");
        return CompletableFuture.completedFuture(Files.deleteIfExists(deploy.resolve(name)));
    }

    private FileChange change(String file, String before, String after) throws Exception {
        if (!before.isEmpty()) {
            Files.writeString(deploy.resolve(file), before);
        }
        return new FileChange(
                0, file, before.isEmpty() ? "" : Root.sha256(before.getBytes(UTF_8)), kept(after));
    }

    private String kept(String content) throws Exception {
        return store.put(content.getBytes(UTF_8));
    }

    private String now(String file) throws Exception {
        return Files.readString(deploy.resolve(file));
    }

    @Test
    void an_undo_that_fails_is_told_and_tried_again_before_the_next_change() throws Exception {
        List<FileChange> changes =
                List.of(change("a.jar", "a1", "a2"), change("b.jar", "b1", "b2"));
        refused.addAll(Set.of("b2", "a1"));
        String reason = transaction.run(changes, step -> {});
        assertTrue(reason.startsWith("b.jar was refused: the disk is full; "), reason);
        assertTrue(reason.contains("a.jar could not be put back"), reason);
        assertTrue(reason.endsWith("which is tried again before the next change"), reason);
        assertEquals("undoing", transaction.open().orElseThrow().phase());
        assertEquals("a2", now("a.jar"), "it still runs what it could not take back");

        // it is still stuck: nothing else is begun, and the old content stays kept
        List<FileChange> next = List.of(change("c.jar", "", "c1"));
        calls.clear();
        try {
            transaction.run(next, step -> {});
            throw new AssertionError("another change was begun");
        } catch (java.io.IOException told) {
            assertTrue(told.getMessage().contains("is not undone"), told.getMessage());
        }
        assertTrue(calls.stream().noneMatch(call -> call.startsWith("c.jar")), calls.toString());
        assertTrue(transaction.open().orElseThrow().contents().contains(kept("a1")));

        // the cause is gone: it is undone first, then the next change is made
        refused.clear();
        assertEquals("", transaction.run(next, step -> {}));
        assertEquals(List.of("a1", "b1", "c1"), List.of(now("a.jar"), now("b.jar"), now("c.jar")));
        assertTrue(transaction.open().isEmpty());
    }

    @Test
    void a_content_that_is_kept_no_more_is_told_and_not_taken_for_undone() throws Exception {
        FileChange change = change("a.jar", "a1", "a2");
        refused.add("a2");
        Transaction.Journal journal = new Transaction.Journal("doing", List.of(change), "");
        String reason = transaction.resume(journal, step -> {});
        assertTrue(reason.contains("is not kept any more"), reason);
        assertTrue(transaction.open().isPresent());
    }
}
