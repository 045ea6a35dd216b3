package dev.weft.host.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What a script of shell commands prints: without the prompt that comes before its first line can switch it off, and with an
 * eye on lines that begin as the shell's errors do. */
final class ScriptOutput extends FilterOutputStream {
    private static final byte[] PROMPT = "weft> ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ERROR = "error: ".getBytes(StandardCharsets.UTF_8);

    private int prompt; // bytes of the first prompt seen
    private int matched; // bytes of the mark seen at the begin of this line; -1 once it differs
    private boolean failed;

    ScriptOutput(OutputStream out) {
        super(out);
    }

    /** Whether one of the commands did not do what it should. */
    boolean failed() {
        return failed;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        while (from < offset + length && prompt < PROMPT.length && bytes[from] == PROMPT[prompt]) {
            prompt++;
            from++;
        }
        if (from < offset + length) {
            prompt = PROMPT.length;
        }
        for (int i = from; i < offset + length; i++) {
            note(bytes[i]);
        }
        out.write(bytes, from, offset + length - from);
    }

    private void note(byte next) {
        if (next == '\n') {
            matched = 0;
        } else if (matched >= 0 && matched < ERROR.length) {
            matched = next == ERROR[matched] ? matched + 1 : -1;
            failed |= matched == ERROR.length;
        }
    }
}
