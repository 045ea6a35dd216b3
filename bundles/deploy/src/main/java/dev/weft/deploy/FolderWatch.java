package dev.weft.deploy;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears what changes in a folder. Its thread only hands names over. */
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private final WatchService service;
    private final Consumer<String> changed;
    private final Runnable lost;
    private volatile boolean works = true;

    /** Begins to watch.
     * @param changed gets the name of what changed
     * @param lost runs when names were lost: look at everything
     * @throws IOException if the folder is not there or the system allows no more watches */
    FolderWatch(Path folder, Consumer<String> changed, Runnable lost) throws IOException {
        this.changed = changed;
        this.lost = lost;
        service = folder.getFileSystem().newWatchService();
        try {
            folder.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            service.close();
            throw e;
        }
        Crew.daemon("weft-deploy-watch").newThread(this::watch).start();
    }

    /** Tells whether changes are heard.
     * @return false once the folder is gone, or after {@link #close} */
    boolean works() {
        return works;
    }

    private void watch() {
        try {
            WatchKey key;
            do {
                key = service.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.context() instanceof Path name) {
                        changed.accept(name.toString());
                    } else {
                        lost.run();
                    }
                }
            } while (key.reset());
            LOG.info("The deploy folder is gone; it is made anew");
            works = false;
            lost.run();
        } catch (ClosedWatchServiceException closed) {
            LOG.debug("The deploy folder is watched no more");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            works = false;
        }
    }

    @Override
    public void close() throws IOException {
        works = false;
        service.close();
    }
}
