// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/sqlcontext.h"

#include <concepts>
#include <memory>

namespace holdpoint {

/// Typed access to some tables. It stands on an SqlContext and cannot tell whether that is a transaction
/// that somebody else ends, together with what other stores do in it, or a pool, where each call is a
/// transaction of its own. It never begins or ends a transaction itself.
/// A store lives no longer than its context, and is used in its context's thread.
class Store
{
public:
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

protected:
    explicit Store(SqlContext& context)
        : m_context(context)
    {
    }
    [[nodiscard]] SqlContext& context() const { return m_context; }

private:
    SqlContext& m_context;
};

/// Makes stores of the kind S. What needs a store (a command of the program's own) holds its factory and asks
/// it for a store over the context at hand. Immutable, so it may be shared by threads.
template <typename S> class StoreFactory
{
public:
    virtual ~StoreFactory() = default;
    [[nodiscard]] virtual std::unique_ptr<S> store(SqlContext& context) const = 0;
};

/// The factory of a store that is made from its context alone.
template <typename S, std::derived_from<S> Implementation = S>
requires std::constructible_from<Implementation, SqlContext&>
class PlainStoreFactory final : public StoreFactory<S>
{
public:
    [[nodiscard]] std::unique_ptr<S> store(SqlContext& context) const override
    {
        return std::make_unique<Implementation>(context);
    }
};

} // namespace holdpoint
