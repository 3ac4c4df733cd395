interface Words {
  words: Record<string, readonly string[]>;
  confirmation: Record<string, string>;
}

/**
 * What contacts write to end all messages, by language. Words that people use for other things too (cancel, end, fin, alto)
 * are not among them: workflows have them as keywords.
 */
export const OPT_OUT: Words = {
  words: {
    en: ['stop', 'stop all', 'stopall', 'unsubscribe', 'opt out', 'optout'],
    es: ['baja', 'dar de baja', 'darme de baja', 'cancelar suscripción'],
    pt: ['parar', 'sair', 'descadastrar', 'cancelar inscrição'],
    de: ['stopp', 'abmelden', 'abbestellen'],
    fr: ['arrêt', 'arrêter', 'désabonner', 'se désabonner', 'me désabonner'],
    it: ['disiscrivimi', 'disiscriviti', 'annulla iscrizione', 'cancella iscrizione'],
  },
  confirmation: {
    en: 'You will get no more messages from us. Write START to get them again.',
    es: 'No recibirás más mensajes nuestros. Escribe ALTA para volver a recibirlos.',
    pt: 'Você não receberá mais mensagens nossas. Escreva VOLTAR para recebê-las de novo.',
    de: 'Sie erhalten keine Nachrichten mehr von uns. Schreiben Sie START, um sie wieder zu erhalten.',
    fr: 'Vous ne recevrez plus de messages de notre part. Écrivez START pour en recevoir à nouveau.',
    it: 'Non riceverai più nostri messaggi. Scrivi START per riceverli di nuovo.',
  },
};

/** What contacts who have opted out write to take that back, by language. */
export const OPT_IN: Words = {
  words: {
    en: ['start', 'unstop', 'subscribe', 'opt in', 'optin'],
    es: ['alta', 'darme de alta', 'suscribirme'],
    pt: ['voltar', 'inscrever', 'quero receber'],
    de: ['anmelden', 'abonnieren'],
    fr: ["s'abonner", "m'abonner", 'réabonner'],
    it: ['iscrivimi', 'iscriviti'],
  },
  confirmation: {
    en: 'You will get our messages again.',
    es: 'Volverás a recibir nuestros mensajes.',
    pt: 'Você voltará a receber nossas mensagens.',
    de: 'Sie erhalten unsere Nachrichten wieder.',
    fr: 'Vous recevrez à nouveau nos messages.',
    it: 'Riceverai di nuovo i nostri messaggi.',
  },
};
