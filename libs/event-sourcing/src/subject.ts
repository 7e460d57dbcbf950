/** Whose data key seals a field: erasing that person makes the field unreadable. */
export type Subject = 'client' | 'reporter' | 'alleged_person' | 'witness';
