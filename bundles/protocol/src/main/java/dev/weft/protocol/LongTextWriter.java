package dev.weft.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;

/** Writes long texts that need no escapes in one go. */
final class LongTextWriter extends JsonGeneratorDelegate {
    LongTextWriter(JsonGenerator generator) {
        super(generator, false);
    }

    @Override
    public void writeString(String text) throws IOException {
        byte[] plain = LongTexts.plain(text);
        if (plain == null) {
            super.writeString(text);
        } else {
            delegate.writeRawUTF8String(plain, 0, plain.length);
        }
    }
}
