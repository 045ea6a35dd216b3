package com.acme.words;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Library code that a skill brings along in its zip. */
public final class Words {
    private Words() {}

    /** Says what the library's jar says.
     * @return its text
     * @throws IOException never */
    public static String text() throws IOException {
        try (InputStream in = Words.class.getResourceAsStream("/answer.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
