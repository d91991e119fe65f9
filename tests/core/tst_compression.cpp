// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/compression.h"

#include <QRandomGenerator>
#include <QTest>

using namespace holdpoint;

namespace {

QByteArray randomBytes(qsizetype size)
{
    QByteArray bytes(size, '\0');
    QRandomGenerator random(5);
    for (char& byte : bytes)
        byte = static_cast<char>(random.generate());
    return bytes;
}

} // namespace

class TestCompression : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void comesBack_data();
    void comesBack();
    void comesBackInPieces();
    void damageIsNoticed();
};

void TestCompression::comesBack_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("one byte") << QByteArray("x");
    QTest::newRow("with NUL") << QByteArray("a\0b", 3);
    QTest::newRow("alike") << QByteArray(5'000'000, 'x');
    QTest::newRow("random") << randomBytes(3'000'000);
}

void TestCompression::comesBack()
{
    QFETCH(QByteArray, bytes);
    const auto back = decompressed(compressed(bytes));
    QVERIFY(back.has_value());
    QVERIFY(*back == bytes);
}

void TestCompression::comesBackInPieces()
{
    const QByteArray bytes = randomBytes(1'000'000);
    Compressor compressor;
    for (qsizetype at = 0; at < bytes.size(); at += 777)
        compressor.add(std::string_view(bytes.constData(), size_t(bytes.size())).substr(size_t(at), 777));
    const QByteArray packed = compressor.result();
    Decompressor decompressor(packed);
    QByteArray back;
    for (std::string_view piece = decompressor.read(1234); !piece.empty(); piece = decompressor.read(1234)) {
        const size_t size = piece.size();
        back.append(piece.data(), qsizetype(size));
        QVERIFY(size == 1234 || decompressor.atEnd());
    }
    QVERIFY(decompressor.atEnd());
    QVERIFY(back == bytes);
}

void TestCompression::damageIsNoticed()
{
    const QByteArray good = compressed(randomBytes(300'000));
    QVERIFY(!decompressed({}));
    QVERIFY(!decompressed("no frame at all"));
    QVERIFY(!decompressed(good.first(good.size() / 2)));
    QVERIFY(!decompressed(good.first(good.size() - 1)));
    QVERIFY(!decompressed(good + 'x'));
    QByteArray changed = good;
    changed[good.size() / 2] = static_cast<char>(~changed[good.size() / 2]);
    QVERIFY(!decompressed(changed));
}

QTEST_APPLESS_MAIN(TestCompression)
#include "tst_compression.moc"
