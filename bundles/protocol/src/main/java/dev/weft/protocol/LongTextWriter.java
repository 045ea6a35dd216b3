package dev.weft.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;

/** Leaves long texts that need no escapes as they are. */
final class LongTextWriter extends JsonGeneratorDelegate {
    private final JsonText.Writer out;

    /** @param generator that writes to {@code out} */
    LongTextWriter(JsonGenerator generator, JsonText.Writer out) {
        super(generator, false);
        this.out = out;
    }

    @Override
    public void writeString(String text) throws IOException {
        if (LongTexts.isPlain(text)) {
            delegate.writeRawValue("\"");
            delegate.flush();
            out.text(text);
            delegate.writeRaw('"');
        } else {
            super.writeString(text);
        }
    }
}
