package dev.weft.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.skill.repository.Statement;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What the exchange with peers needs of the catalog: which statements it believes, and that it acts on a new one. Thread-safe. */
final class Hearing {
    private final Statements statements;
    private final Repositories repositories;
    private final Upkeep upkeep;

    Hearing(Statements statements, Repositories repositories, Upkeep upkeep) {
        this.statements = statements;
        this.repositories = repositories;
        this.upkeep = upkeep;
    }

    /** Believes what a peer passes on against a release, if its publisher or repository signed it, and acts on it soon.
     * @return whether it is new
     * @throws IOException if it is not to be believed, or cannot be kept */
    boolean hear(byte[] statement) throws IOException {
        upkeep.await();
        boolean fresh = statements.hear(statement, repositories::find);
        if (fresh) {
            repositories.amend(Statement.claimed(statement).repository());
            upkeep.look();
        }
        return fresh;
    }

    List<String> ids() {
        return statements.ids();
    }

    List<JsonNode> beside(Set<String> theirs) {
        return statements.beside(theirs);
    }
}
