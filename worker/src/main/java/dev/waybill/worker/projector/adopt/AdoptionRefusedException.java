package dev.waybill.worker.projector.adopt;

import java.util.List;

/// Tables of Waybill's names are not as they would have to be. Nothing was changed.
public final class AdoptionRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<String> differences;

    AdoptionRefusedException(List<String> differences) {
        super("the database has tables of Waybill's names that cannot be adopted: " + String.join("; ", differences));
        this.differences = List.copyOf(differences);
    }

    /// Each of them in words.
    public List<String> differences() {
        return differences;
    }
}
