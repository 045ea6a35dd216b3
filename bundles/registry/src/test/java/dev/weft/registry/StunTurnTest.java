package dev.weft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.signaling.IceServer;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StunTurnTest {
    @TempDir private Path folder;

    private StunTurn servers(String[] stun, String[] turn, String file, String env) {
        return new StunTurn(
                new Config(stun, turn, file, env),
                Map.of("TURN_SECRET", "from env")::get,
                () -> Instant.ofEpochSecond(1_000_000));
    }

    private static List<IceServer> ask(StunTurn servers) {
        return servers.forCaller(Bench.LOCAL);
    }

    /** Reference defect 33. */
    @Test
    void nothing_configured_gives_nothing() {
        assertTrue(ask(servers(new String[0], new String[0], "", "")).isEmpty());
        StunTurn empty = servers(new String[] {"", " "}, new String[] {""}, "", "");
        assertTrue(ask(empty).isEmpty());
        assertTrue(empty.check().ok());
    }

    /** Reference defect 33. */
    @Test
    void turn_names_expire_after_a_day_and_are_signed() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        List<IceServer> servers =
                ask(
                        servers(
                                new String[] {"stun:s:3478"},
                                new String[] {"turn:t:3478", "turns:t:443"},
                                secret.toString(),
                                ""));
        assertEquals(new IceServer(List.of("stun:s:3478"), null, null), servers.get(0));
        IceServer turn = servers.get(1);
        assertEquals(List.of("turn:t:3478", "turns:t:443"), turn.urls());
        assertEquals("1086400:mesh", turn.username());
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec("s3cret".getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        assertEquals(
                Base64.getEncoder()
                        .encodeToString(
                                mac.doFinal("1086400:mesh".getBytes(StandardCharsets.UTF_8))),
                turn.credential());
    }

    @Test
    void the_secret_may_come_from_the_environment() {
        assertEquals(
                1, ask(servers(new String[0], new String[] {"turn:t"}, "", "TURN_SECRET")).size());
    }

    /** Reference defect 33. */
    @Test
    void what_cannot_work_is_left_out_and_shown() {
        StunTurn noSecret =
                servers(
                        new String[0],
                        new String[] {"turn:t"},
                        folder.resolve("absent").toString(),
                        "ABSENT");
        assertTrue(ask(noSecret).isEmpty());
        assertFalse(noSecret.check().ok());
        StunTurn noUrl = servers(new String[] {"http://s", "stun:good"}, new String[0], "", "");
        assertEquals(List.of("stun:good"), ask(noUrl).get(0).urls());
        assertTrue(noUrl.check().detail().contains("http://s"));
    }

    @SuppressWarnings("ClassExplicitlyAnnotation")
    private record Config(
            String[] stun, String[] turn, String turn__secret__file, String turn__secret__env)
            implements RegistryConfig {
        @Override
        public int sweep__seconds() {
            return 5;
        }

        @Override
        public int agent__retention__hours() {
            return 168;
        }

        @Override
        public int task__retention__hours() {
            return 24;
        }

        @Override
        public int stale__seconds() {
            return 90;
        }

        @Override
        public int offline__seconds() {
            return 270;
        }

        @Override
        public int lease__seconds() {
            return 90;
        }

        @Override
        public int max__tasks() {
            return 100;
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return RegistryConfig.class;
        }
    }
}
