// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonsource.h"
#include "command/batchfile.h"
#include "command/runsql.h"
#include "command/statementinfo.h"

#include <QFileInfo>
#include <QStringDecoder>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The first line that is not UTF-8; its invalid bytes decode to U+FFFD.
Error invalidText(QByteArrayView sql, const QString& fileName)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    int line = 0;
    for (const QByteArray& bytes : sql.toByteArray().split('\n')) {
        const QString text = decoder(bytes);
        ++line;
        if (decoder.hasError())
            return makeError(ErrorKind::Usage,
                             u"%1:%2:%3: the script is not valid UTF-8"_s.arg(fileName).arg(line).arg(
                                 text.indexOf(QChar(0xfffd)) + 1));
    }
    return makeError(ErrorKind::Usage, fileName + u": the script is not valid UTF-8"_s);
}

class ScriptReader
{
public:
    ScriptReader(const Target& target, const QString& fileName)
        : m_target(target)
        , m_fileName(fileName)
    {
    }

    Result<Batch> read(const QByteArray& sql);

private:
    Result<void> decode(QByteArrayView sql);
    Result<void> take(const ScriptStatement& statement, Batch& batch);
    /// `line` and `column` count from 1.
    [[nodiscard]] Error errorAt(qsizetype line, qsizetype column, Error error) const;
    /// At a character of the script's part that begins at `start`.
    [[nodiscard]] Error errorIn(qsizetype start, Error error) const;

    const Target& m_target;
    const QString& m_fileName;
    QString m_text;
    qsizetype m_next = 0; // where the search for the next statement begins
};

Result<Batch> ScriptReader::read(const QByteArray& sql)
{
    const QByteArrayView bytes(sql);
    if (const auto decoded = decode(bytes.startsWith("\xef\xbb\xbf") ? bytes.sliced(3) : bytes); !decoded)
        return decoded.error();
    const auto statements = splitScript(m_target.engine, m_text);
    if (!statements)
        return errorIn(0, statements.error());
    Batch batch;
    batch.title = QFileInfo(m_fileName).fileName();
    batch.targets = { m_target };
    batch.commands.reserve(statements->size());
    for (const ScriptStatement& statement : *statements) {
        if (const auto taken = take(statement, batch); !taken)
            return taken.error();
    }
    return batch;
}

Result<void> ScriptReader::decode(QByteArrayView sql)
{
    const auto nul = std::ranges::find(sql, '\0') - sql.begin();
    if (sql.startsWith("\xff\xfe") || sql.startsWith("\xfe\xff"))
        return errorAt(1, 1, makeError(ErrorKind::Usage, u"the script is UTF-16; save it as UTF-8"_s));
    const JsonSource place { QByteArray::fromRawData(sql.data(), sql.size()), m_fileName };
    if (nul < sql.size())
        return place.errorAt(nul, u"the script holds a NUL byte"_s);
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    m_text = decoder(sql);
    return decoder.hasError() ? invalidText(sql, m_fileName) : Result<void>();
}

Result<void> ScriptReader::take(const ScriptStatement& statement, Batch& batch)
{
    const qsizetype start = m_text.indexOf(statement.text, m_next);
    const auto info = checkStatement(m_target.engine, statement.text);
    if (!info && start < 0)
        return errorAt(statement.line, 1, info.error());
    if (!info)
        return errorIn(start, info.error());
    if (info->parameterCount > 0) {
        const Error error = makeError(ErrorKind::Usage, u"a statement of a script cannot have parameters"_s);
        return start < 0 ? errorAt(statement.line, 1, error) : errorIn(start, error);
    }
    m_next = std::max(m_next, start + statement.text.size());
    batch.commands.append(std::make_shared<RunSql>(m_target.name, statement.text));
    return {};
}

Error ScriptReader::errorAt(qsizetype line, qsizetype column, Error error) const
{
    error.kind = ErrorKind::Usage;
    error.message.prepend(u"%1:%2:%3: "_s.arg(m_fileName).arg(line).arg(column));
    return error;
}

Error ScriptReader::errorIn(qsizetype start, Error error) const
{
    qsizetype end = start;
    for (int i = 1; i < error.position && end < m_text.size(); ++i)
        end += m_text.at(end).isHighSurrogate() ? 2 : 1;
    const QStringView before = QStringView(m_text).first(std::min(end, m_text.size()));
    const QStringView lastLine = before.sliced(before.lastIndexOf(u'\n') + 1);
    const auto column = std::ranges::count_if(lastLine, [](QChar c) { return !c.isLowSurrogate(); }) + 1;
    return errorAt(before.count(u'\n') + 1, column, std::move(error));
}

} // namespace

Result<Batch> readScript(const QByteArray& sql, const Target& target, const QString& fileName)
{
    return ScriptReader(target, fileName).read(sql);
}

} // namespace holdpoint
