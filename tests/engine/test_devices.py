"""The catalogue of microcontrollers: what it holds, how it is asked, and what fits."""

import pytest

from cnnparams.engine.devices import DEVICES, KIB, Device, Room, UnknownDeviceError, find_device, room_left


def test_every_device_has_memory_and_a_source_and_none_is_there_twice() -> None:
    assert 8 <= len(DEVICES) <= 14
    assert all(device.flash > device.sram > 0 and device.source for device in DEVICES)
    assert all(device.flash % KIB == device.sram % KIB == 0 for device in DEVICES)
    assert len({device.name for device in DEVICES}) == len({device.chip for device in DEVICES}) == len(DEVICES)
    assert [device.name for device in DEVICES] == sorted(device.name for device in DEVICES)


@pytest.mark.parametrize(
    ("word", "flash", "sram"),
    [
        ("Arduino Nano 33 BLE Sense", 1024, 256),
        ("nrf52840", 1024, 256),
        ("STM32F746", 1024, 320),
        ("stm32f407vg", 1024, 192),
        ("stm32f4-discovery", 1024, 192),
        ("black_pill_f411ce", 512, 128),
        ("STM32F401CC", 256, 64),
        ("stm32h743", 2048, 1024),
        ("rp2040", 2048, 264),
        ("raspberrypipico2", 4096, 520),
        ("esp32-s3", 16384, 512),
        ("esp32", 4096, 520),
        ("ESP32_C3", 4096, 400),
        ("nucleo-l4r5zi", 2048, 640),
        ("apollo3 blue", 1024, 384),
    ],
)
def test_a_device_is_found_by_its_name_or_its_chips(word: str, flash: int, sram: int) -> None:
    device = find_device(word)
    assert (device.flash, device.sram) == (flash * KIB, sram * KIB)


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
def test_every_name_and_every_chip_finds_its_device(device: Device) -> None:
    assert (
        find_device(device.name)
        is find_device(device.chip.upper())
        is find_device(device.name.replace(" ", "_").lower())
        is device
    )


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("stm32f745", "no device 'stm32f745'; did you mean STM32F746?"),
        ("stm32f7", "no device 'stm32f7'; did you mean STM32F746?"),
        ("nano 33 ble", "no device 'nano 33 ble'; did you mean Arduino Nano 33 BLE Sense?"),
        ("rasberry pi pico", "no device 'rasberry pi pico'; did you mean Raspberry Pi Pico?"),
        ("esp23", "no device 'esp23'; did you mean ESP32?"),
    ],
)
def test_a_misspelt_name_has_a_suggestion(word: str, said: str) -> None:
    with pytest.raises(UnknownDeviceError) as caught:
        find_device(word)
    assert str(caught.value) == said


@pytest.mark.parametrize("word", ["", "zzzz", "z" * 10_000, "\x1b[31m"])
def test_what_is_like_nothing_gets_the_list(word: str) -> None:
    with pytest.raises(UnknownDeviceError, match=r"; choose from Apollo3 Blue EVB, .*, STM32H743$") as caught:
        find_device(word)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_what_a_network_leaves() -> None:
    device = Device("a board", "a chip", 1000, 100, "nobody")
    assert room_left(device, 400, 60) == Room(600, 40)
    assert room_left(device, 1000, 100).fits
    assert not room_left(device, 1001, 100).fits
    assert not room_left(device, 1000, 101).fits
    assert room_left(device, 0, 150) == Room(1000, -50)
