package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.skill.repository.CatalogException.Code;
import java.nio.file.Path;

/**
 * What somebody does to a repository, or to who reads it.
 *
 * @param title what
 * @param code of the refusal; null where it is none of a document: a bad name or value, a server
 * @param told a part of what the user is told
 * @param deed ends in being refused
 */
record Attack(String title, Code code, String told, Deed deed) {
    /** Does it. */
    interface Deed {
        void against(Shop shop) throws Exception;
    }

    static Attack of(String title, Code code, String told, Deed deed) {
        return new Attack(title, code, told, deed);
    }

    /** It must be refused, for this reason. */
    void isRefused(Path temporary) throws Exception {
        Shop shop = new Shop(temporary);
        Exception refused = assertThrows(Exception.class, () -> deed.against(shop));
        if (code != null) {
            CatalogException untrue = assertInstanceOf(CatalogException.class, refused);
            assertEquals(code, untrue.code(), untrue.getMessage());
        }
        assertTrue(refused.getMessage().contains(told), refused.getMessage());
    }

    @Override
    public String toString() {
        return title;
    }
}
