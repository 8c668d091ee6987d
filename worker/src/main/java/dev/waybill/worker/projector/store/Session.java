package dev.waybill.worker.projector.store;

import java.util.List;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/// A transaction that is open. Statements run one after the other, on the thread that owns the session.
public interface Session {

    /// Runs a statement.
    ///
    /// @param sql with `?` for each binding
    /// @return the number of rows it touched
    int execute(String sql, @Nullable Object... bindings);

    /// Runs a query and waits for its last row.
    List<Record> query(String sql, @Nullable Object... bindings);

    /// Makes the transaction end without effect, although the work returns.
    void rollback();
}
