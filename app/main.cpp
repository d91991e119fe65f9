// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/gui.h"

#include <QApplication>
#include <QTextStream>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

int print(FILE* stream, const QString& text, int code)
{
    QTextStream(stream) << text << '\n';
    return code;
}

QStringList words(int argc, char** argv)
{
    QStringList words;
    for (int index = 0; index < argc; ++index)
        words += QString::fromLocal8Bit(argv[index]);
    return words;
}

} // namespace

int main(int argc, char** argv)
{
    // Before QApplication, so that --help needs no display.
    const auto arguments = readGuiArguments(words(argc, argv));
    if (!arguments)
        return print(stderr, arguments.error().text(), 2);
    if (arguments->help)
        return print(stdout, guiHelp(), 0);
    if (arguments->version)
        return print(stdout, u"holdpoint "_s + QStringLiteral(HOLDPOINT_VERSION), 0);
    QApplication::setApplicationName(u"holdpoint"_s);
    QApplication::setApplicationDisplayName(u"Holdpoint"_s);
    QApplication application(argc, argv);
    Gui gui(application, *arguments);
    gui.start();
    return QApplication::exec();
}
