// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/onepass.h"

#include "effects/undoable.h"
#include "execution/foreignkeycheck.h"
#include "execution/passreport.h"

#include <algorithm>
#include <future>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Two names of one database would wait for each other's locks for ever.
Result<void> checkTargets(const QList<Target>& targets)
{
    QHash<QString, QString> nameByAddress;
    for (const Target& target : targets) {
        if (const auto known = nameByAddress.constFind(target.address); known != nameByAddress.constEnd())
            return makeError(ErrorKind::Usage, u"Targets %1 and %2 are the same database"_s.arg(*known, target.name),
                             {}, u"Use one name for it in the batch"_s);
        nameByAddress.insert(target.address, target.name);
    }
    return {};
}

class Pass
{
public:
    Pass(const BatchPass& pass, const BatchUses& uses, Run& run)
        : m_pass(pass)
        , m_run(run)
        , m_targets(uses.targets)
        , m_volatility(uses.allKnown ? Volatility::None : Volatility::Possible)
        , m_decision(pass.end == PassEnd::Commit ? Decision::Commit : Decision::RollBack)
    {
    }

    [[nodiscard]] Volatility volatility() const { return m_volatility; }
    /// What is done with its transactions once all is seen.
    [[nodiscard]] UnitOfWork::Decision ending() const
    {
        if (m_run.failure) // what is committed has none, whatever was asked for
            return Decision::RollBack;
        const bool goesOn = m_decision == Decision::RollBack && m_volatility != Volatility::None && !m_pass.again;
        return goesOn ? Decision::RollBackAndKeep : m_decision;
    }
    /// What becomes of it; of what is committed if it is certain, known once all is seen.
    [[nodiscard]] UnitOfWork::Decision decision() const { return m_decision; }
    [[nodiscard]] const QList<Target>& targets() const { return m_targets; }

    Result<void> handle(RequestContext& context)
    {
        if (const auto connected = connect(context); !connected)
            return connected.error();
        if (const auto ran = runAll(context); !ran)
            return ran.error();
        if (const auto collected = collect(context); !collected)
            return collected.error();
        if (m_run.failure)
            return {}; // a preview shows its errors and the effects of the rest
        if (m_pass.end == PassEnd::CommitIfCertain && m_volatility == Volatility::None && m_sawAll)
            m_decision = Decision::Commit;
        const bool commits = m_decision == Decision::Commit && m_pass.beforeCommit;
        return commits ? m_pass.beforeCommit(context, m_run) : Result<void>();
    }

    void reportConnecting(const Target& target) const { report(Progress::Phase::Connecting, target.name); }

private:
    using Decision = UnitOfWork::Decision;

    void report(Progress::Phase phase, const QString& target, qint64 done = 0, qint64 total = 0) const
    {
        if (m_pass.options.progress)
            m_pass.options.progress({ phase, target, done, total });
    }

    // In one order for every run of this program, so that two cannot wait for each other.
    Result<void> connect(RequestContext& context)
    {
        QList<Target> inOrder = m_targets;
        std::ranges::sort(inOrder, {}, &Target::address);
        for (const Target& target : inOrder) {
            if (m_targets.size() > 1)
                reportConnecting(target);
            auto lease = context.transaction(target);
            if (!lease)
                return fail(target.name, lease.error());
            if (m_pass.end == PassEnd::RollBack && target.engine == EngineKind::PostgreSQL) {
                // Without an id it can only have been rolled back, as is true of what never sends a COMMIT.
                targetReport(m_run, target.name).evidence = { { u"xid"_s, QJsonValue() } };
                continue;
            }
            auto evidence = lease->run([](TransactionContext& transaction) { return transaction.commitEvidence(); });
            if (!evidence)
                return fail(target.name, evidence.error());
            targetReport(m_run, target.name).evidence = *evidence;
        }
        return {};
    }

    // Neighbouring commands of one target travel together.
    // A report of each command is made while they run: there may be a million. Of few it is not worth a thread.
    Result<void> runAll(RequestContext& context)
    {
        constexpr qsizetype few = 1000;
        const auto when = m_pass.batch.commands.size() < few ? std::launch::deferred : std::launch::async;
        m_reports = std::async(when, skippedReports, std::cref(m_pass.batch.commands));
        auto ran = runSegments(context);
        takeReports();
        return ran;
    }

    void takeReports()
    {
        if (m_reports.valid())
            m_run.commands = m_reports.get();
    }

    Result<void> runSegments(RequestContext& context)
    {
        const QList<StoreCommandPtr>& commands = m_pass.batch.commands;
        int first = 0;
        while (first < commands.size()) {
            int last = first;
            while (last + 1 < commands.size() && commands.at(last + 1)->target() == commands.at(first)->target())
                ++last;
            const auto ran = runSegment(context, first, last);
            if (!ran)
                return ran.error();
            first = last + 1;
        }
        return {};
    }

    Result<void> runSegment(RequestContext& context, int first, int last)
    {
        const QString name = m_pass.batch.commands.at(first)->target();
        auto lease = context.transaction(*m_pass.batch.target(name));
        if (!lease)
            return fail(name, lease.error());
        const auto done = [&](qint64 count) {
            report(Progress::Phase::Running, name, first + count, m_pass.batch.commands.size());
        };
        done(0);
        const auto ran = lease->run([&](TransactionContext& transaction) -> Result<bool> {
            std::vector<IndexedCommand> segment;
            segment.reserve(static_cast<std::size_t>(last - first + 1));
            for (int index = first; index <= last; ++index)
                segment.push_back({ index, m_pass.batch.commands.at(index) });
            const bool collects = m_targets.size() == 1; // nothing else runs in between, and its thread is at it
            auto result
                = runCommands(transaction, segment, m_pass.onError, done, collects ? Next::Collect : Next::Anything);
            takeReports();
            fillReports(m_run.commands, m_pass.batch, first, last, transaction, m_pass.onError);
            if (collects && result && (*result || m_pass.onError == OnError::Go)) {
                report(Progress::Phase::Capturing, name);
                m_collected = collectOf(transaction, name);
            }
            return result;
        });
        recordFirstFailure(m_run);
        if (!ran)
            return m_run.failure ? Result<void>(m_run.failure->error) : fail(name, ran.error());
        if (!*ran && m_pass.onError == OnError::Stop)
            return m_run.failure.value_or(Failure()).error;
        return {};
    }

    Result<TargetEffects> collectOf(TransactionContext& transaction, const QString& target)
    {
        auto collected = transaction.collect(
            [&](qint64 done, qint64 total) { report(Progress::Phase::Capturing, target, done, total); });
        if (!collected)
            return collected;
        if (m_pass.options.connection.suppressTriggers) {
            const QStringList known = m_pass.options.dangledBefore.value(target);
            if (const auto intact = checkForeignKeys(transaction, known, *collected); !intact)
                return intact.error();
            const auto referring = m_pass.options.acceptDifferences ? Result<void>() : checkDangling(*collected, known);
            if (!referring)
                return referring.error();
        }
        if (m_pass.end == PassEnd::Commit)
            return collected;
        m_sawAll = m_sawAll && transaction.unread().isEmpty()
            && std::ranges::all_of(collected->tables, &TableEffects::complete);
        const auto volatility = transaction.mayBeVolatile(*collected);
        if (!volatility)
            return volatility.error();
        m_volatility = std::max(m_volatility, *volatility);
        return collected;
    }

    Result<TargetEffects> collectOf(RequestContext& context, const Target& target)
    {
        if (m_collected)
            return *std::exchange(m_collected, std::nullopt);
        report(Progress::Phase::Capturing, target.name);
        auto lease = context.transaction(target);
        if (!lease)
            return lease.error();
        return lease->run([&](TransactionContext& transaction) { return collectOf(transaction, target.name); });
    }

    Result<void> collect(RequestContext& context)
    {
        for (const Target& target : m_targets) {
            auto effects = collectOf(context, target);
            if (!effects)
                return fail(target.name, effects.error());
            effects->target = target.name;
            cautionOfObstacles(*effects);
            m_run.effects.append(std::move(effects).value());
        }
        return {};
    }

    Error fail(const QString& target, const Error& error)
    {
        if (!m_run.failure || error.kind == ErrorKind::Outdated) // which is run again, whatever else failed
            m_run.failure = Failure { {}, target, error };
        return error;
    }

    const BatchPass& m_pass;
    Run& m_run;
    QList<Target> m_targets;
    std::future<QList<CommandReport>> m_reports;
    Volatility m_volatility;
    Decision m_decision;
    bool m_sawAll = true;
    std::optional<Result<TargetEffects>> m_collected; // with the only target's last commands
};

QHash<QString, Beginning> beginnings(const BatchPass& pass, const BatchUses& uses)
{
    QHash<QString, Beginning> all;
    for (const Target& target : uses.targets) {
        Beginning& beginning = all[target.name];
        beginning.rewritten = uses.rewritten.value(target.name);
        beginning.brief = uses.brief;
        const auto world = pass.worlds ? pass.worlds->value(target.name) : nullptr;
        if (world)
            beginning.world = world->name();
    }
    return all;
}

} // namespace

PassRest runOnePass(const PoolSource& pools, const BatchPass& pass, const BatchUses& uses, Run& run)
{
    Pass handler(pass, uses, run);
    run.targets = targetReports(handler.targets());
    if (const auto checked = checkTargets(handler.targets()); !checked) {
        run.failure = Failure { {}, {}, checked.error() };
        concludeUntouched(run, handler.decision());
        return {};
    }
    UnitOfWorkOptions options;
    options.connection = pass.options.connection;
    options.connection.laterClock = pass.again;
    options.connection.ofItsOwn = uses.sessionOfItsOwn;
    using Observe = TransactionContext::Observe;
    options.observe = pass.options.verifyFully ? Observe::EffectsFully : Observe::Effects;
    options.beginnings = beginnings(pass, uses);
    options.cancellation = pass.options.cancellation;

    if (handler.targets().size() == 1) {
        options.only = handler.targets().constFirst();
        handler.reportConnecting(*options.only);
    }

    TransactionLayer layer(pools);
    auto answered = layer.run(
        options, [&](RequestContext& context) { return handler.handle(context); }, [&] { return handler.ending(); },
        [&](const QString& target) { return effectsOf(run, target); });
    for (const TransactionEnd& end : answered.ends) {
        TargetEffects* effects = effectsOf(run, end.target);
        if (effects && end.captureError)
            effects->cautions.append({ u"capture-end"_s, end.captureError->text() });
    }
    std::ranges::for_each(run.effects, cautionOfObstacles); // some tables are read at the end
    const bool undone = handler.decision() == UnitOfWork::Decision::RollBack;
    if (undone && answered.response && !run.failure && pass.options.cancellation.isCancelled())
        run.failure = Failure { {}, {}, makeError(ErrorKind::Cancelled, u"Cancelled while the run came to its end"_s) };
    if (undone && answered.response && !run.failure)
        run.digest = digest(run.effects);
    conclude(run, handler.decision(), answered.response, answered.ends);
    PassRest rest { handler.volatility(), {} };
    for (TransactionEnd& end : answered.ends) {
        if (end.world)
            rest.worlds.insert(end.target, std::move(end.world));
    }
    return rest;
}

} // namespace holdpoint
