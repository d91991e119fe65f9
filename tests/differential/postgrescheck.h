// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/postgresbatch.h"
#include "differential/postgreseffects.h"
#include "differential/postgresothers.h"
#include "execution/workbench.h"
#include "support/testdatabase.h"

#include <optional>

namespace holdpoint::differential {

/// What batches did, over all worlds.
struct Tally
{
    int batches = 0;
    int committed = 0;
    int failed = 0;
    int undone = 0;
    qint64 rows = 0;
    QMap<QString, int> failures; ///< by SQLSTATE
    QMap<QString, int> notUndone; ///< by reason
    OthersTally others;
    [[nodiscard]] QString text() const;
};

/// A database that the others are copies of, and a role that owns it and has no other right.
class OriginDatabase
{
public:
    OriginDatabase();
    ~OriginDatabase();
    [[nodiscard]] const QString& name() const { return m_database.name(); }
    [[nodiscard]] const QString& role() const { return m_role; }
    void exec(const QString& sql) const { m_database.exec(sql.toUtf8()); }
    [[nodiscard]] QString uri(const QString& database, const QString& role) const;

private:
    TestPostgres m_database;
    QString m_role;
};

/// One random database and a copy of it: the product works on the one, psql on the other. In every fifth database
/// other sessions are at work when a batch is previewed once more, applied and undone.
class Check
{
public:
    Check(quint32 seed, const OriginDatabase& origin, const QString& folder, Tally& tally);
    ~Check();

    /// Runs a random batch through both. Empty, or what is wrong.
    [[nodiscard]] QString runBatch();

private:
    struct Step;
    void makeCopy();
    void startOthers(const OthersMay& may);
    void setSequences(const Psql& database, const Dump& from);
    [[nodiscard]] PsqlRun runOnCopy(const RandomBatch& batch);
    [[nodiscard]] QStringList check(const RandomBatch& batch);
    [[nodiscard]] QStringList unchanged(const QString& what, const Dump& before);
    [[nodiscard]] QStringList checkFailed(const RandomBatch& batch, const Run& preview, const PsqlRun& psql);
    [[nodiscard]] QStringList previewBesideOthers(const RandomBatch& batch, const Run& preview);
    [[nodiscard]] QStringList checkApplied(const RandomBatch& batch, const Run& preview);
    [[nodiscard]] QStringList checkUndo(const Run& applied, const Dump& before, const Dump& after);
    [[nodiscard]] QStringList checkUndoFailed(const Run& undone, const Run& undo, const Dump& now);
    [[nodiscard]] QString refusal(const Run& applied, const Run& undo) const;

    const OriginDatabase& m_origin;
    quint32 m_seed;
    Random m_random;
    World m_world;
    QString m_role;
    QString m_name;
    QString m_copyName;
    QString m_folder;
    Tally& m_tally;
    std::shared_ptr<Journal> m_journal;
    std::unique_ptr<Workbench> m_workbench;
    RunOptions m_patient; // VACUUM keeps its lock for five seconds while somebody waits and it cuts a table's end off
    std::optional<BatchMaker> m_batches;
    Psql m_product;
    Psql m_copy;
    Dump m_now; // what the product's database holds
    bool m_alike = false; // both hold the same rows
    bool m_crowded = false; // other sessions come
    OthersMay m_othersMay; // beside the batch
    std::optional<PostgresOthers> m_others;
    int m_number = 0;
    QString m_broken; // why there is no world
};

} // namespace holdpoint::differential
