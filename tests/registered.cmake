# SPDX-License-Identifier: GPL-3.0-or-later
# Every tests/FOLDER/tst_NAME.cpp is named in its folder's CMakeLists.txt: a test that is never built finds nothing.
#   cmake -DROOT=... -P registered.cmake
cmake_minimum_required(VERSION 3.25)

set(forgotten)
file(GLOB files "${ROOT}/tests/*/tst_*.cpp")
foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME_WE)
    get_filename_component(folder "${file}" DIRECTORY)
    file(STRINGS "${folder}/CMakeLists.txt" lines REGEX "[ (]${name}[ ).]")
    if(NOT lines)
        list(APPEND forgotten "${file}")
    endif()
endforeach()
if(forgotten OR NOT files)
    message(FATAL_ERROR "not in their folder's CMakeLists.txt: ${forgotten}")
endif()
