package dev.weft.protocol;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;

/** Refuses numbers that do not fit a double: they would be read as infinite and passed on as the string "Infinity". */
class FiniteNumbers extends JsonNodeFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public NumericNode numberNode(double value) {
        if (!Double.isFinite(value)) {
            throw new ProtocolException(
                    "bad_number",
                    "a number is too large; numbers must fit a 64-bit floating point number");
        }
        return super.numberNode(value);
    }

    @Override
    public NumericNode numberNode(float value) {
        return numberNode((double) value);
    }
}
