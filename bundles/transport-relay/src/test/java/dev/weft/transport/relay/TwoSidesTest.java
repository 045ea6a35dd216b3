package dev.weft.transport.relay;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the tests share in which two hosts know each other. */
abstract class TwoSidesTest {
    @TempDir Path folder;
    Side a;
    Side b;

    @BeforeEach
    void acquaint() {
        a = new Side("agent-a", folder);
        b = new Side("agent-b", folder);
        Side.acquaint(a, b);
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }
}
