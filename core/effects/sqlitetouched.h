// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/rowidindex.h"
#include "effects/spillvector.h"
#include "effects/sqliteimage.h"
#include "effects/sqlitereading.h"
#include "effects/sqliteshape.h"

namespace holdpoint {

/// The first touch of a row's place (its rowid or key): the row of before the transaction, and which row stands there
/// now.
struct SqliteTouch
{
    static constexpr int isNew = -1; ///< a row that was not there before
    static constexpr int isGone = -2;
    static constexpr int noCommand = -1;
    static constexpr int noStatement = -1;

    qint64 rowid = 0;
    SqliteImages::Place before = SqliteImages::nowhere; ///< nowhere: there was no row
    int now = isNew; ///< the index of the touch whose row, perhaps changed, stands here
    int command = noCommand; ///< the first that changed the row of before, wherever it stands now
    int bornBy = noCommand; ///< the command that inserted the new row that stands here
    bool direct = false;
    bool bornDirect = false;
    int assignedBy = noStatement; ///< inserted the new row with the rowid that SQLite gives next
    friend bool operator==(const SqliteTouch&, const SqliteTouch&) = default;
};

/// The rows of one table that were touched, by rowid or primary key, each with its first image.
/// The hook fills it; rows that SQLite took back stay in it and show no change in the end.
class SqliteTouched
{
public:
    SqliteTouched(sqlite3* handle, SqliteTableId id, SqliteImages& images);
    SqliteTouched(const SqliteTouched&) = delete;
    SqliteTouched& operator=(const SqliteTouched&) = delete;

    [[nodiscard]] const SqliteTableId& id() const { return m_id; }
    [[nodiscard]] const SqliteShape& shape() const { return m_shape; }
    [[nodiscard]] SpillVector<SqliteTouch>& touches() { return m_touches; }
    [[nodiscard]] const SpillVector<SqliteTouch>& touches() const { return m_touches; }
    /// Why rows may be missing, empty if none is.
    [[nodiscard]] const QString& incomplete() const { return m_incomplete; }
    /// The hook may have given a key wrongly: the rows of now are to be found by reading them all. Those of before are
    /// known.
    [[nodiscard]] bool isKeySpoiled() const { return m_isKeySpoiled; }
    void setIncomplete(const QString& why) { m_incomplete = why; }

    /// Within the hook: the touch of the row that is about to be deleted or updated; reads its first image.
    [[nodiscard]] int touchOld(qint64 rowid);
    /// Within the hook: the touch of the place where a row is about to appear.
    [[nodiscard]] int touchNew(qint64 rowid, bool isUpdate);
    /// The touch is as when it came: nothing happened to its row yet.
    void untouch(int touch);
    /// The touch of a key or rowid; -1 if it is not touched.
    [[nodiscard]] int find(qint64 rowid) const { return m_byRowid.find(rowid); }
    [[nodiscard]] int find(const QByteArray& key) const;
    /// Touches every row of the table, once: before a statement whose changes the hook does not see.
    [[nodiscard]] bool touchAll();

    /// "SELECT * FROM table WHERE its key = ?", with the table's name of now.
    [[nodiscard]] static QByteArray byKeyText(const SqliteTableId& table, const SqliteShape& shape);
    /// The canonical key of a row of a table without rowid, from a SELECT * with `first` columns before.
    [[nodiscard]] static QByteArray keyOf(sqlite3_stmt* row, const SqliteShape& shape, int first);
    /// Binds the touch's key to byKeyText().
    void bindKey(const SqliteReading& reading, int touch) const;
    /// The first reading of rows by key is compiled anew: the schema has changed.
    void forgetReading() { m_byKeyReading = SqliteReading(); }

private:
    struct Key
    {
        SpillBytes::Place place = 0;
        qsizetype size = 0;
    };
    [[nodiscard]] QByteArrayView keyOf(int touch) const;
    void bindKey(const SqliteReading& reading, QByteArrayView key) const;
    [[nodiscard]] int add(qint64 rowid, const QByteArray& key, SqliteImages::Place before);
    [[nodiscard]] SqliteImages::Place hookImage();
    [[nodiscard]] SqliteImages::Place storedImage(qint64 rowid, const QByteArray& key);
    [[nodiscard]] QByteArray oldKey();
    [[nodiscard]] QByteArray newKey(bool isUpdate);
    void appendKey(QByteArray& key, sqlite3_value* value);

    sqlite3* m_handle;
    SqliteTableId m_id;
    SqliteShape m_shape;
    SqliteImages& m_images;
    SqliteReading m_byKeyReading;
    SpillVector<SqliteTouch> m_touches;
    SpillBytes m_keys; // of tables without rowid
    SpillVector<Key> m_keyPlaces; // by touch
    RowidIndex m_byRowid;
    SpillIndex m_byKey;
    QString m_incomplete;
    bool m_allTouched = false;
    bool m_isKeySpoiled = false;
};

} // namespace holdpoint
