"""Microcontrollers, with the flash and the SRAM that they have, and what a network would leave of them.

Kilobytes and megabytes of the sources are taken as 1024 and 1,048,576 bytes. SRAM is all that they name, wherever it
is: 64 KiB of the STM32F407VG's are core coupled memory, and the ESP32s' is shared with code. Flash on the board counts
where the chip has none. A program has to fit beside the network.
"""

from __future__ import annotations

from typing import NamedTuple

from cnnparams.errors import CnnparamsError, quote, suggest

KIB = 1024
MIB = 1024 * KIB

_ARDUINO = "github.com/arduino/docs-content, content/hardware/03.nano/boards"
_LINUX = "github.com/torvalds/linux, Documentation/arch/arm/stm32"
_PICO = "github.com/raspberrypi/documentation, .../microcontrollers/pico-series/about_pico.adoc (c3d1b7f)"
_ESPRESSIF = "github.com/espressif/esp-idf, docs/en/hw-reference/chip-series-comparison.rst (079ccd3), with 4 MB"
_ZEPHYR = "github.com/zephyrproject-rtos/zephyr, boards"


class Device(NamedTuple):
    """A board, or a chip that is sold on many: its name, its chip, their memories in bytes, and who says so."""

    name: str
    chip: str
    flash: int
    sram: int
    source: str


class Room(NamedTuple):
    """The bytes that a network leaves of a device's memories; negative where it does not fit."""

    flash: int
    sram: int

    @property
    def fits(self) -> bool:
        """Whether there is room in both."""
        return self.flash >= 0 and self.sram >= 0


class UnknownDeviceError(CnnparamsError):
    """A word that names no device; its text has a guess."""

    def __init__(self, word: str) -> None:
        guess = suggest(word, [name for device in DEVICES for name in (device.name, device.chip)])
        remedy = f"did you mean {guess}?" if guess else f"choose from {', '.join(device.name for device in DEVICES)}"
        super().__init__(f"no device {quote(word)}; {remedy}")


DEVICES = (
    Device(
        "Apollo3 Blue EVB",
        "Apollo3 Blue",
        1 * MIB,
        384 * KIB,
        "docs.zephyrproject.org/4.1.0/boards/ambiq/apollo3_evb/doc/index.html",
    ),
    Device(
        "Arduino Nano 33 BLE Sense",
        "nRF52840",
        1 * MIB,
        256 * KIB,
        f"{_ARDUINO}/nano-33-ble-sense/tech-specs.yml (f4c3f6f)",
    ),
    Device("Arduino Nano ESP32", "ESP32-S3", 16 * MIB, 512 * KIB, f"{_ARDUINO}/nano-esp32/tech-specs.yml (e78c6c7)"),
    Device(
        "Black Pill F401CC",
        "STM32F401CC",
        256 * KIB,
        64 * KIB,
        f"{_ZEPHYR}/weact/blackpill_f401cc/doc/index.rst (03c0fd7)",
    ),
    Device(
        "Black Pill F411CE",
        "STM32F411CE",
        512 * KIB,
        128 * KIB,
        f"{_ZEPHYR}/weact/blackpill_f411ce/doc/index.rst (0b0d3a5)",
    ),
    Device("ESP32", "ESP32", 4 * MIB, 520 * KIB, _ESPRESSIF),
    Device("ESP32-C3", "ESP32-C3", 4 * MIB, 400 * KIB, _ESPRESSIF),
    Device("Nucleo L4R5ZI", "STM32L4R5ZI", 2 * MIB, 640 * KIB, f"{_ZEPHYR}/st/nucleo_l4r5zi/doc/index.rst (06758ff)"),
    Device("Raspberry Pi Pico", "RP2040", 2 * MIB, 264 * KIB, _PICO),
    Device("Raspberry Pi Pico 2", "RP2350", 4 * MIB, 520 * KIB, _PICO),
    Device(
        "STM32F4 Discovery", "STM32F407VG", 1 * MIB, 192 * KIB, f"{_ZEPHYR}/st/stm32f4_disco/doc/index.rst (02d6d20)"
    ),
    Device("STM32F746", "STM32F746", 1 * MIB, 320 * KIB, f"{_LINUX}/stm32f746-overview.rst (a4a508d)"),
    Device("STM32H743", "STM32H743", 2 * MIB, 1 * MIB, f"{_LINUX}/stm32h743-overview.rst (a49eebf)"),
)
"""Boards and chips that networks run on; the Nucleo L4R5ZI is the reference of MLPerf Tiny."""


def find_device(word: str) -> Device:
    """Return the device that is called so, or whose chip is; case, spaces, hyphens and underscores do not matter."""
    names = {_folded(name): device for device in reversed(DEVICES) for name in (device.chip, device.name)}
    device = names.get(_folded(word))
    if device is None:
        raise UnknownDeviceError(word)
    return device


def room_left(device: Device, flash: int, sram: int) -> Room:
    """Return what is left of a device's memories beside so many bytes."""
    return Room(device.flash - flash, device.sram - sram)


def _folded(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter not in " -_")
