// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/csvfile.h"

#include <csv.h>

#include <QFile>
#include <QStringDecoder>

#include <optional>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qint64 longestPiece = 64 * 1024;

// libcsv is fed one line at a time: so it is known on which line a record begins.
class CsvReading
{
public:
    CsvReading(const QString& shownName, const std::function<Result<bool>(const CsvRecord&)>& record);
    ~CsvReading() { csv_free(&m_parser); }
    Q_DISABLE_COPY_MOVE(CsvReading)

    Result<void> read(QFile& file);

private:
    using CharacterTest = int (*)(unsigned char);

    static void onField(void* bytes, size_t size, void* self);
    static void onRecord(int terminator, void* self);
    void takeField(std::optional<QByteArrayView> bytes);
    Result<void> feed(QByteArrayView piece);
    Result<void> feedEmptyLine();
    Result<void> deliver();
    Result<void> finish();
    [[nodiscard]] QByteArrayView withoutByteOrderMark(QByteArrayView piece) const;
    [[nodiscard]] Result<void> checkBytes(QByteArrayView piece) const;
    [[nodiscard]] Error errorAt(qint64 line, const QString& message) const;

    const QString& m_shownName;
    const std::function<Result<bool>(const CsvRecord&)>& m_record;
    csv_parser m_parser = {};
    QStringDecoder m_decoder { QStringDecoder::Utf8, QStringDecoder::Flag::Stateless };
    qint64 m_line = 1; // of the piece that is fed
    qint64 m_emptyLine = 0; // the first empty line since the last record, 0 if none
    qsizetype m_width = 0; // fields of the first record, 0 before it
    qsizetype m_completed = 0; // records that ended in this piece
    CsvRecord m_current;
    bool m_open = false; // a record has begun and not ended
    bool m_stopped = false;
    bool m_invalid = false; // a field is not UTF-8
};

CsvReading::CsvReading(const QString& shownName, const std::function<Result<bool>(const CsvRecord&)>& record)
    : m_shownName(shownName)
    , m_record(record)
{
    csv_init(&m_parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL);
    const CharacterTest noSpaces = [](unsigned char) { return 0; };
    csv_set_space_func(&m_parser, noSpaces); // by RFC 4180 spaces belong to the field
    csv_set_blk_size(&m_parser, 4096);
}

Result<void> CsvReading::read(QFile& file)
{
    QByteArray piece(longestPiece, Qt::Uninitialized);
    bool first = true;
    while (!m_stopped) {
        const qint64 size = file.readLine(piece.data(), piece.size());
        if (size <= 0)
            break;
        QByteArrayView bytes(piece.constData(), size);
        if (std::exchange(first, false))
            bytes = withoutByteOrderMark(bytes);
        if (const auto fed = feed(bytes); !fed)
            return fed.error();
        if (bytes.endsWith('\n'))
            ++m_line;
    }
    if (file.error() != QFileDevice::NoError)
        return makeError(ErrorKind::File, u"%1 cannot be read: %2"_s.arg(m_shownName, file.errorString()));
    return m_stopped ? Result<void>() : finish();
}

Result<void> CsvReading::feed(QByteArrayView piece)
{
    if (const auto checked = checkBytes(piece); !checked)
        return checked.error();
    if (!m_open && (piece == "\n" || piece == "\r\n"))
        return feedEmptyLine();
    if (!m_open)
        m_current = { m_line, {} };
    m_open = true;
    m_completed = 0;
    const size_t taken = csv_parse(&m_parser, piece.data(), static_cast<size_t>(piece.size()), onField, onRecord, this);
    if (taken < static_cast<size_t>(piece.size()) && csv_error(&m_parser) == CSV_EPARSE)
        return errorAt(m_line, u"a quote stands inside a field without quotes, or something follows a closing quote"_s);
    if (taken < static_cast<size_t>(piece.size()))
        return errorAt(m_line, QString::fromLatin1(csv_strerror(csv_error(&m_parser))));
    if (m_completed > 1)
        return errorAt(m_line, u"the line holds a carriage return outside of quotes"_s);
    return m_completed == 1 ? deliver() : Result<void>();
}

Result<void> CsvReading::feedEmptyLine()
{
    if (m_width == 1) {
        m_current = { m_line, { Value::null() } };
        return deliver();
    }
    if (m_emptyLine == 0)
        m_emptyLine = m_line;
    return {};
}

Result<void> CsvReading::deliver()
{
    m_open = false;
    if (m_invalid)
        return errorAt(m_current.line, u"the text is not valid UTF-8"_s);
    if (m_emptyLine != 0)
        return errorAt(m_emptyLine, u"the line is empty"_s);
    if (m_width == 0)
        m_width = m_current.fields.size();
    if (m_current.fields.size() != m_width)
        return errorAt(m_current.line, u"%1 fields, but the header has %2"_s.arg(m_current.fields.size()).arg(m_width));
    const auto goOn = m_record(m_current);
    if (!goOn)
        return goOn.error();
    m_stopped = !*goOn;
    return {};
}

Result<void> CsvReading::finish()
{
    m_completed = 0;
    if (csv_fini(&m_parser, onField, onRecord, this) != 0)
        return errorAt(m_current.line, u"a quote is opened here and never closed"_s);
    if (m_completed == 1) {
        if (const auto delivered = deliver(); !delivered)
            return delivered.error();
    }
    if (m_width == 0)
        return errorAt(1, u"the file is empty; it must begin with a line of column names"_s);
    return {};
}

void CsvReading::onField(void* bytes, size_t size, void* self)
{
    static_cast<CsvReading*>(self)->takeField(
        bytes ? std::optional(QByteArrayView(static_cast<const char*>(bytes), static_cast<qsizetype>(size)))
              : std::nullopt);
}

void CsvReading::onRecord(int terminator, void* self)
{
    Q_UNUSED(terminator)
    ++static_cast<CsvReading*>(self)->m_completed;
}

void CsvReading::takeField(std::optional<QByteArrayView> bytes)
{
    if (!bytes) {
        m_current.fields.append(Value::null());
        return;
    }
    m_decoder.resetState();
    m_current.fields.append(Value::text(m_decoder(*bytes)));
    m_invalid = m_invalid || m_decoder.hasError();
}

QByteArrayView CsvReading::withoutByteOrderMark(QByteArrayView piece) const
{
    return piece.startsWith("\xef\xbb\xbf") ? piece.sliced(3) : piece;
}

Result<void> CsvReading::checkBytes(QByteArrayView piece) const
{
    if (m_line == 1 && (piece.startsWith("\xff\xfe") || piece.startsWith("\xfe\xff")))
        return errorAt(1, u"the file is UTF-16; save it as UTF-8"_s);
    if (piece.contains('\0'))
        return errorAt(m_line, u"the line holds a NUL byte"_s);
    return {};
}

Error CsvReading::errorAt(qint64 line, const QString& message) const
{
    return makeError(ErrorKind::Usage, csvPlace(m_shownName, line) + ": "_L1 + message);
}

} // namespace

QString csvPlace(const QString& shownName, qint64 line)
{
    return u"line %1 of %2"_s.arg(QString::number(line), shownName);
}

Result<void> readCsv(const QString& path, const QString& shownName,
                     const std::function<Result<bool>(const CsvRecord&)>& record)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return makeError(ErrorKind::File, u"%1 cannot be read: %2 (%3)"_s.arg(shownName, file.errorString(), path));
    return CsvReading(shownName, record).read(file);
}

} // namespace holdpoint
