package dev.weft.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weft.protocol.Wire;
import io.nayuki.qrcodegen.QrCode;

/** A text as a QR code. */
final class QrPicture {
    private QrPicture() {}

    /** Draws.
     * @param text at most some 2000 characters
     * @return a row a text, from above, each with as many characters as there are rows: 1 is dark; without the quiet zone around */
    static ArrayNode of(String text) {
        QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        ArrayNode rows = Wire.object().putArray("rows");
        for (int y = 0; y < code.size; y++) {
            StringBuilder row = new StringBuilder(code.size);
            for (int x = 0; x < code.size; x++) {
                row.append(code.getModule(x, y) ? '1' : '0');
            }
            rows.add(row.toString());
        }
        return rows;
    }
}
