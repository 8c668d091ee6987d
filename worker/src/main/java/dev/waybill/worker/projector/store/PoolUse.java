package dev.waybill.worker.projector.store;

/// How much of the pool of connections is used now.
///
/// @param inUse   connections that somebody works with
/// @param idle    open ones that nobody does
/// @param waiting callers who wait for one
/// @param max     connections at most
public record PoolUse(int inUse, int idle, int waiting, int max) {}
