# What `cmake --install` puts below the prefix. Included by the root's CMakeLists.txt.
include(GNUInstallDirs)
install(TARGETS annofs annofs-emulator)
install(FILES cache/store/prices.json DESTINATION ${CMAKE_INSTALL_DATADIR}/annofs)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY tools/packaging/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} USE_SOURCE_PERMISSIONS)
install(FILES tools/packaging/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
# Not ${CMAKE_INSTALL_LIBDIR}: systemd looks in lib/ on every architecture.
install(FILES tools/packaging/annofs@.service DESTINATION lib/systemd/system)

# What is made when it is installed: links, compressed pages, completions.
file(GLOB man_pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/man/*.[1578])
file(RELATIVE_PATH mount_link ${CMAKE_INSTALL_FULL_SBINDIR} ${CMAKE_INSTALL_FULL_BINDIR}/annofs)
set(made ${CMAKE_BINARY_DIR}/generated/install)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/install_settings.cmake @ONLY CONTENT
"set(source \"@CMAKE_SOURCE_DIR@\")
set(made \"@made@\")
set(man_pages \"@man_pages@\")
set(mount_link \"@mount_link@\")
set(cross \"@CMAKE_CROSSCOMPILING@\")
set(sbin \"@CMAKE_INSTALL_SBINDIR@\")
set(share \"@CMAKE_INSTALL_DATADIR@\")
set(man \"@CMAKE_INSTALL_MANDIR@\")
set(doc \"@CMAKE_INSTALL_DOCDIR@\")
")
install(SCRIPT ${CMAKE_BINARY_DIR}/generated/install_settings.cmake)
install(CODE "set(program \"$<TARGET_FILE:annofs>\")")
install(SCRIPT ${CMAKE_SOURCE_DIR}/tools/packaging/install_made.cmake)
