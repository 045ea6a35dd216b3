package dev.weft.deploy.sample.leaving;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.net.http.HttpClient;
import java.util.Timer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Starts everything and ends nothing. */
@Skill(id = "leaving", title = "Leaving", description = "Leaves things behind")
@Component(service = SkillService.class)
public final class Leaving implements SkillService {
    private static final ThreadLocal<Note> NOTES = new ThreadLocal<>();
    // Held here: the JVM keeps loggers that nobody holds until the next collection only.
    private static final Logger LOGGER = Logger.getLogger("test.leaving");
    private final ExecutorService executor = Executors.newFixedThreadPool(1);
    private final Timer timer = new Timer("leaving-timer");
    private final HttpClient http = HttpClient.newHttpClient();

    private record Note(String text) {}

    private static final class Book extends Handler {
        @Override
        public void publish(LogRecord record) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    /** Starts.
     * @throws InterruptedException never */
    @Activate
    public Leaving() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        executor.execute(runs::countDown);
        runs.await();
        LOGGER.addHandler(new Book());
    }

    /** Leaves a note on the calling thread.
     * @return what is used, so that it is kept */
    @Tool("Leaves a note")
    public String leave() {
        NOTES.set(new Note("here"));
        return executor + " " + timer + " " + http;
    }
}
